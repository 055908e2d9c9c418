/**
 * Reads an IDX file, gzipped or not, from disk. It checks the kind of file, the size and the header before it allocates
 * memory.
 */
import { invalid } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { checkIdxLength, decodeIdx, type IdxArray, MAX_IDX_HEADER } from '../data/idx.ts';
import { gunzipIdx, isGzip } from './gunzip.ts';
import { type RegularFile, useRegularFile } from './read-file.ts';

/** The options of readIdxFile(). */
export interface ReadIdxOptions {
  /** The largest allowed size of the file, both packed and unpacked, in bytes. Default 2^30 (1 GiB). */
  readonly maxBytes?: number | undefined;
}

/** The default of `maxBytes`. */
export const MAX_IDX_FILE: number = 2 ** 30;

const OPTIONS = { maxBytes: integer(1).or(MAX_IDX_FILE) };

/**
 * Reads and parses an IDX file. A file that begins with gzip's magic bytes is unpacked, whatever its name is.
 *
 * @throws RuntimeError if the file cannot be read. FormatError if it is not an IDX file or is larger than `maxBytes`;
 *   its offset counts unpacked bytes, or packed bytes if the gzip data is damaged. Both messages name the file.
 * @example
 * await writeFileAtomic('two-bytes', encodeIdx({ type: 'uint8', shape: [2], data: Uint8Array.of(7, 9) }));
 * const { shape, data } = await readIdxFile('two-bytes');
 * shape; // [2]
 * data; // [7, 9]
 */
export async function readIdxFile(path: string, options: ReadIdxOptions = {}): Promise<IdxArray> {
  if (typeof path !== 'string' || path === '') invalid('readIdxFile', 'path', 'the path of a file', path);
  const { maxBytes } = readOptions('readIdxFile', options, OPTIONS);
  const where = `readIdxFile: "${path}"`;
  return decodeIdx(where, await readIdxBytes(where, path, maxBytes));
}

/** Returns the unpacked bytes of an IDX file. The values are not checked. `where` begins each error message. */
export function readIdxBytes(where: string, path: string, maxBytes: number): Promise<Uint8Array> {
  return useRegularFile(where, path, 'an IDX file', async (file) => {
    const { size } = file;
    if (size > maxBytes) {
      throw new FormatError(`${where} has ${size} bytes, more than maxBytes = ${maxBytes}; raise maxBytes to read it`);
    }
    const head = await file.read(0, Math.min(size, MAX_IDX_HEADER));
    return isGzip(head) ? gunzipIdx(where, file.pieces(), size, maxBytes) : readUnpacked(where, file, head);
  });
}

async function readUnpacked(where: string, file: RegularFile, head: Uint8Array): Promise<Uint8Array> {
  checkIdxLength(where, head, file.size);
  return file.read(0, file.size);
}
