/**
 * Reads an IDX file, gzipped or not, from disk; its kind, its size and its header are checked before memory is taken
 * for it.
 */
import { invalid } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { checkIdxLength, decodeIdx, type IdxArray, MAX_IDX_HEADER } from '../data/idx.ts';
import { gunzipIdx, isGzip } from './gunzip.ts';
import { type RegularFile, useRegularFile } from './read-file.ts';

export interface ReadIdxOptions {
  /** The most bytes the file may have, as it is and unpacked; default 2^30 (1 GiB). */
  readonly maxBytes?: number | undefined;
}

/** The default of `maxBytes`. */
export const MAX_IDX_FILE: number = 2 ** 30;

const OPTIONS = { maxBytes: integer(1).or(MAX_IDX_FILE) };

/**
 * Reads and parses an IDX file; one that begins with gzip's magic bytes is unpacked, whatever its name.
 *
 * ```ts
 * const { shape, data } = await readIdxFile('train-images-idx3-ubyte.gz'); // [60000, 28, 28], bytes
 * ```
 *
 * @throws RuntimeError if the file cannot be read, FormatError (with the offset, in the unpacked bytes unless the gzip
 * data itself is damaged) if it is no IDX file or larger than `maxBytes`. Both name the file.
 */
export async function readIdxFile(path: string, options: ReadIdxOptions = {}): Promise<IdxArray> {
  if (typeof path !== 'string' || path === '') invalid('readIdxFile', 'path', 'the path of a file', path);
  const { maxBytes } = readOptions('readIdxFile', options, OPTIONS);
  const where = `readIdxFile: "${path}"`;
  return decodeIdx(where, await readIdxBytes(where, path, maxBytes));
}

/** The unpacked bytes of an IDX file; its values are not looked at yet. `where` opens the messages of its errors. */
export function readIdxBytes(where: string, path: string, maxBytes: number): Promise<Uint8Array> {
  return useRegularFile(where, path, 'an IDX file', async (file) => {
    const { size } = file;
    if (size > maxBytes) {
      throw new FormatError(
        `${where} has ${size} bytes, more than maxBytes = ${maxBytes}; raise maxBytes if it is meant`,
      );
    }
    const head = await file.read(0, Math.min(size, MAX_IDX_HEADER));
    return isGzip(head) ? gunzipIdx(where, file.pieces(), size, maxBytes) : readUnpacked(where, file, head);
  });
}

async function readUnpacked(where: string, file: RegularFile, head: Uint8Array): Promise<Uint8Array> {
  checkIdxLength(where, head, file.size);
  return file.read(0, file.size);
}
