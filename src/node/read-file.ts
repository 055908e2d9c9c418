/**
 * Reads files that may be anything: a named pipe, a device, a sparse file of terabytes, one that another program is
 * changing. The order is always the same: open without waiting, check the kind and the size, read the head, and
 * allocate memory for the rest only after the caller has checked the head.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { FormatError, GanvasError, messageOf, RuntimeError } from '../core/errors.ts';
import { codeOf } from './files.ts';

/** What reading needs of a file system; tests pass one that fails on purpose. */
export interface ReadableFileSystem {
  /** Opens a file without waiting for one that is no regular file. */
  openForReading(path: string): Promise<ReadableHandle>;
}

/** An open file. Declared here, so that code compiled against this package needs no types of Node. */
export interface ReadableHandle {
  /** What kind of file it is, and its size in bytes. */
  stat(): Promise<{
    /** Whether it is no pipe, device, socket or directory. */
    isFile(): boolean;
    readonly size: number;
  }>;
  /** Reads from a position of the file into a part of `bytes`; may read less. */
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  /** Releases the file. */
  close(): Promise<void>;
}

/** A regular file that is open. */
export interface RegularFile {
  /** Its size when it was opened. Nothing behind it is read, even if the file grows. */
  readonly size: number;
  /** The bytes from `start` to `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** All of its bytes, a piece at a time. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Opens a file of any kind at once. Windows has no NONBLOCK, which makes it undefined here, and | takes that for 0. */
export function openForReading(path: string): Promise<ReadableHandle> {
  // Without NONBLOCK, opening a named pipe would wait for a writer.
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Most bytes of one read call: systems refuse, or cut short, reads of 2 GiB. */
const MAX_READ = 2 ** 30;
const PIECE = 2 ** 16;

/**
 * Opens a file for `use` and closes it afterwards.
 *
 * @param where opens the message of every error; it names the file.
 * @param expected what should be there, such as 'an IDX file'.
 * @throws RuntimeError if it is no regular file or cannot be read, FormatError if it becomes shorter meanwhile, and
 * what `use` throws.
 */
export async function useRegularFile<T>(
  where: string,
  path: string,
  expected: string,
  use: (file: RegularFile) => Promise<T>,
  fileSystem: ReadableFileSystem = { openForReading },
): Promise<T> {
  let handle: ReadableHandle | undefined;
  try {
    handle = await fileSystem.openForReading(path);
    const stats = await handle.stat();
    // A pipe, a device or a socket has no size to check, and may never end.
    if (!stats.isFile()) throw new RuntimeError(`${where} is not a regular file; expected ${expected}`);
    return await use(regularFile(where, handle, stats.size));
  } catch (error) {
    if (error instanceof GanvasError) throw error;
    const remedy = codeOf(error) === 'ENOENT' ? '. Check the path' : '';
    throw new RuntimeError(`${where} cannot be read: ${messageOf(error)}${remedy}`, { cause: error });
  } finally {
    await handle?.close().catch(() => {});
  }
}

function regularFile(where: string, handle: ReadableHandle, size: number): RegularFile {
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const { bytesRead } = await handle.read(bytes, at - start, Math.min(end - at, MAX_READ), at);
      if (bytesRead === 0) {
        throw new FormatError(`${where} became shorter while it was read: it had ${size} bytes, now ${at}`, at);
      }
      at += bytesRead;
    }
    return bytes;
  };
  return {
    size,
    read,
    async *pieces() {
      for (let at = 0; at < size; at += PIECE) yield await read(at, Math.min(at + PIECE, size));
    },
  };
}
