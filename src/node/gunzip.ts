/**
 * Unpacks gzipped IDX files that may be hostile. The IDX header is unpacked first and declares the size of the file.
 * Unpacking stops with an error at the declared size. A declared size that a gzip file of this length cannot hold is
 * refused before memory is allocated for it. Formats: RFC 1952 (gzip) and data/idx.ts.
 */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MAX_RATIO } from '../compression/inflate.ts';
import { FormatError, GanvasError, messageOf } from '../core/errors.ts';
import { MAX_IDX_HEADER, readIdxHeader } from '../data/idx.ts';
import { codeOf } from './files.ts';

const CHUNK = 2 ** 16;

/** Whether the bytes begin with the two magic bytes of gzip. No IDX file begins with them. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Returns the unpacked bytes of a gzipped IDX file, at most `maxBytes`. Only the header is checked.
 *
 * @param where - the beginning of each error message.
 * @param packed - the gzipped bytes in pieces. After an error no further pieces are read.
 * @param packedLength - the number of gzipped bytes.
 */
export async function gunzipIdx(
  where: string,
  packed: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  packedLength: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const stream = createGunzip({ chunkSize: CHUNK });
  // The loop below gets the errors of the pipeline through the stream.
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
    // zlib's errors have a code that begins with Z_ and mean damaged data. Other errors come from this file or the
    // disk.
    if (error instanceof GanvasError || !codeOf(error).startsWith('Z_')) throw error;
    // bytesWritten counts whole chunks, so the damage may be a little further on.
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

/** The size that the IDX header declares, header included. Throws if the file cannot have that size. */
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
