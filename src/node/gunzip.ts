/**
 * Unpacks gzipped IDX bytes without trusting them: the IDX header, which comes out first, says how much may follow.
 * A gzip bomb is stopped at the size it declares, and a size that no gzip file of that length can reach is refused
 * before it is allocated. Formats: RFC 1952 (gzip), and see data/idx.ts.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FormatError, GanvasError, messageOf } from '../core/errors.ts';
import { MAX_IDX_HEADER, readIdxHeader } from '../data/idx.ts';
import { codeOf } from './files.ts';

/** Most bytes of output per byte of deflate input: the format's own limit, a length of 258 in two bits. */
const MAX_RATIO = 1032;

const CHUNK = 2 ** 16;

/** Begins with gzip's two magic bytes, which no IDX file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The unpacked bytes of a gzipped IDX file, at most `maxBytes`, not yet checked beyond the header.
 *
 * @param where opens the message of every FormatError.
 * @param packed the gzipped bytes in pieces. No more of them are asked for than it takes to refuse the file.
 * @param packedLength how many they are together.
 */
export async function gunzipIdx(
  where: string,
  packed: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  packedLength: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const stream = createGunzip({ chunkSize: CHUNK });
  // Its errors reach the loop below through the stream.
  const feeding = pipeline(packed, stream).catch(() => {});
  let unpacked = new Uint8Array(CHUNK + MAX_IDX_HEADER);
  let length = 0;
  let headerRead = false;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (length + chunk.length > unpacked.length) {
        throw new FormatError(`${where}: it unpacks to more than its IDX header declares`, unpacked.length);
      }
      unpacked.set(chunk, length);
      length += chunk.length;
      if (!headerRead && length >= MAX_IDX_HEADER) {
        headerRead = true;
        const total = declaredLength(where, unpacked.subarray(0, length), packedLength, maxBytes);
        if (total > unpacked.length) unpacked = grown(unpacked, length, total);
      }
    }
  } catch (error) {
    // Damaged data is an error of zlib, with a code; all others come from us or from the file.
    if (error instanceof GanvasError || !codeOf(error).startsWith('Z_')) throw error;
    // bytesWritten counts whole chunks: the damage is there or somewhat later.
    throw new FormatError(`${where}: its gzip data is damaged or cut short (${messageOf(error)})`, stream.bytesWritten);
  } finally {
    stream.destroy();
    await feeding;
  }
  if (stream.bytesWritten < packedLength) {
    const left = packedLength - stream.bytesWritten;
    throw new FormatError(`${where}: ${left} bytes follow the end of its gzip data`, stream.bytesWritten);
  }
  return unpacked.subarray(0, length);
}

/** How long the IDX file says it is, header included, if that can be true. */
function declaredLength(where: string, beginning: Uint8Array, packedLength: number, maxBytes: number): number {
  const { headerBytes, dataBytes } = readIdxHeader(where, beginning);
  const total = headerBytes + dataBytes;
  if (total > maxBytes) {
    throw new FormatError(`${where}: it declares ${total} bytes, more than maxBytes = ${maxBytes}`, 4);
  }
  if (total > packedLength * MAX_RATIO) {
    throw new FormatError(`${where}: it declares ${total} bytes, more than ${packedLength} bytes of gzip can hold`, 4);
  }
  return total;
}

function grown(bytes: Uint8Array, length: number, capacity: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(capacity);
  larger.set(bytes.subarray(0, length));
  return larger;
}
