/**
 * Atomic file writes: a reader, or the next start after a power cut, finds the old file or the new one, both whole.
 * Temporary file in the same directory, write, fsync, close, rename over the old name, fsync of the directory.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkBytes } from '../core/bytes.ts';
import { invalid } from '../core/check.ts';
import { messageOf, RuntimeError } from '../core/errors.ts';

/** The few functions of `node:fs/promises` that an atomic write needs; tests pass one that fails on purpose. */
export interface FileSystem {
  /** Opens a file, or a directory to sync it. */
  open(path: string, flags: string | number): Promise<OpenFile>;
  /** Replaces what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  unlink(path: string): Promise<void>;
}

/** Declared here, so that code compiled against this package needs no types of Node. */
export interface OpenFile {
  /** Waits until the bytes are on the disk. */
  sync(): Promise<void>;
  /** Releases the file. */
  close(): Promise<void>;
  /** Writes a part of `bytes` at a position of the file; may write less of it. */
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
}

const nodeFileSystem: FileSystem = { open, rename, unlink };

/**
 * For a directory, and nothing else: opening a named pipe in its place would wait for a writer. Windows lacks the last
 * two flags.
 */
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK;

/** Most bytes handed to one write call: operating systems refuse, or cut short, writes of 2 GiB. */
const MAX_WRITE = 2 ** 30;

/** What systems answer that cannot open or fsync a directory (Windows, some network disks): no reason to fail. */
const NO_DIRECTORY_SYNC: readonly string[] = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF'];

/**
 * Writes `bytes` to `path` so that the file is replaced whole or not at all. The directory must exist; a symbolic link
 * at `path` is replaced by a file. Leaves no temporary file behind, except when the process is killed halfway: then one
 * named `.ganvas-<pid>-<random>.tmp`.
 *
 * @throws RuntimeError naming the path and the operation that failed, with the system's error as its `cause`. The old
 *   file is then untouched, unless the message says that only the directory's fsync failed.
 * @example
 * await writeFileAtomic('notes.txt', new TextEncoder().encode('seed 42'));
 */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<void> {
  if (typeof path !== 'string' || path === '') invalid('writeFileAtomic', 'path', 'the path of a file', path);
  // If the buffer is transferred meanwhile, its length becomes 0; then writing fails, instead of being done.
  const size = checkBytes('writeFileAtomic', 'bytes', bytes).length;

  const folder = dirname(path);
  const temporary = join(folder, `.ganvas-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  // Opened before the rename, so that whatever goes wrong here still leaves the old file.
  const directory = await openDirectory(fileSystem, folder, path);
  try {
    await writeAndRename(fileSystem, temporary, path, bytes, size);
    if (directory !== undefined) await syncDirectory(directory, path);
  } finally {
    // Nothing was written through this handle: a failing close loses nothing.
    await directory?.close().catch(() => {});
  }
}

async function writeAndRename(
  fileSystem: FileSystem,
  temporary: string,
  path: string,
  bytes: Uint8Array,
  size: number,
): Promise<void> {
  const file = await attempt('create a temporary file for', path, () => fileSystem.open(temporary, 'wx'));
  try {
    try {
      await writeAll(file, bytes, size, path);
      await attempt('fsync', path, () => file.sync());
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
    await attempt('close', path, () => file.close());
    await attempt('rename the temporary file to', path, () => fileSystem.rename(temporary, path));
  } catch (error) {
    // The first error is the one worth telling, even if the clean-up fails as well.
    await fileSystem.unlink(temporary).catch(() => {});
    throw error;
  }
}

/** A write may take fewer bytes than offered; it is repeated from there. */
async function writeAll(file: OpenFile, bytes: Uint8Array, size: number, path: string): Promise<void> {
  let offset = 0;
  while (offset < size) {
    const length = Math.min(size - offset, MAX_WRITE);
    const { bytesWritten } = await attempt('write', path, () => file.write(bytes, offset, length, offset));
    if (bytesWritten <= 0) {
      throw new RuntimeError(
        `writeFileAtomic: cannot write "${path}": the system took ${bytesWritten} of ${length} bytes at ` +
          `${offset}. ${UNTOUCHED}`,
      );
    }
    offset += bytesWritten;
  }
}

async function openDirectory(fileSystem: FileSystem, folder: string, path: string): Promise<OpenFile | undefined> {
  try {
    return await fileSystem.open(folder, DIRECTORY);
  } catch (error) {
    if (NO_DIRECTORY_SYNC.includes(codeOf(error))) return undefined;
    throw failure('open the directory of', path, error, UNTOUCHED);
  }
}

async function syncDirectory(directory: OpenFile, path: string): Promise<void> {
  try {
    await directory.sync();
  } catch (error) {
    if (NO_DIRECTORY_SYNC.includes(codeOf(error))) return;
    throw failure(
      'fsync the directory of',
      path,
      error,
      'The new file is in place and whole, but may be lost in a power cut.',
    );
  }
}

const UNTOUCHED = 'An older file of that name is untouched.';

async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw failure(operation, path, error, UNTOUCHED);
  }
}

function failure(operation: string, path: string, cause: unknown, consequence: string): RuntimeError {
  const remedy = REMEDIES[codeOf(cause)];
  return new RuntimeError(
    `writeFileAtomic: cannot ${operation} "${path}": ${messageOf(cause)}. ` +
      `${consequence}${remedy === undefined ? '' : ` ${remedy}`}`,
    { cause },
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on that disk.',
  EDQUOT: 'Free some of your disk quota.',
  EACCES: 'Check the permissions of the directory.',
  EPERM: 'Check the permissions of the directory.',
  EROFS: 'Choose a directory on a writable disk.',
  ENOENT: 'Create the directory first.',
  ENOTDIR: 'Choose a directory, not a file, as its parent.',
  EISDIR: 'Choose a path that is not a directory.',
};

/** The system's error code ("ENOSPC"), or '' where there is none. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
