/** Reads an IDX file, gzipped or not, from disk; its size, its gzip data and its header are all checked first. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { invalid } from '../core/check.ts';
import { FormatError, messageOf, RuntimeError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { decodeIdx, type IdxArray } from '../data/idx.ts';
import { codeOf } from './files.ts';
import { gunzipIdx, isGzip } from './gunzip.ts';

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
  return readIdxAs(`readIdxFile: "${path}"`, path, maxBytes);
}

/** `readIdxFile` with another beginning of its errors' messages. */
export async function readIdxAs(where: string, path: string, maxBytes: number): Promise<IdxArray> {
  const bytes = await readCapped(where, path, maxBytes);
  return decodeIdx(where, isGzip(bytes) ? await gunzipIdx(where, bytes, maxBytes) : bytes);
}

/** Without NONBLOCK, opening a named pipe would wait for a writer. Windows has no such flag: undefined, which | takes for 0. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

async function readCapped(where: string, path: string, maxBytes: number): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, READ);
    const stats = await file.stat();
    // A pipe or a device has no size to check, and may never end.
    if (!stats.isFile()) throw new RuntimeError(`${where} is not a regular file; expected an IDX file`);
    if (stats.size > maxBytes) {
      throw new FormatError(
        `${where} has ${stats.size} bytes, more than maxBytes = ${maxBytes}; raise maxBytes if it is meant`,
      );
    }
    return await readExactly(file, stats.size);
  } catch (error) {
    if (error instanceof RuntimeError || error instanceof FormatError) throw error;
    const remedy = codeOf(error) === 'ENOENT' ? '. Check the path' : '';
    throw new RuntimeError(`${where} cannot be read: ${messageOf(error)}${remedy}`, { cause: error });
  } finally {
    await file?.close().catch(() => {});
  }
}

/** The first `size` bytes, or fewer if the file has shrunk since its size was asked. */
async function readExactly(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, Math.min(size - length, 2 ** 30), length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
