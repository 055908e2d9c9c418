/**
 * Checkpoints in a directory: checkpoint-000001.safetensors and so on, the last two kept, each written by writeFileAtomic(). Whoever
 * is killed at any moment leaves the last two as they were, and at most a temporary file, which the next training removes.
 */
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid } from '../core/check.ts';
import { messageOf, RuntimeError } from '../core/errors.ts';
import { type CheckpointStore, KEPT_CHECKPOINTS } from '../training/checkpoint-store.ts';
import { codeOf, type FileSystem, writeFileAtomic } from './files.ts';

/** The functions of `node:fs/promises` that the store needs; tests pass one that fails on purpose. */
export interface CheckpointFileSystem extends FileSystem {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array>;
  stat(path: string): Promise<{ readonly mtimeMs: number }>;
}

const nodeFileSystem: CheckpointFileSystem = { mkdir, open, readdir, readFile, rename, stat, unlink };

const CHECKPOINT_NAME = /^checkpoint-(\d{6,15})\.safetensors$/;
/** As writeFileAtomic() calls its temporary files: with the number of the process. */
const TEMPORARY_NAME = /^\.ganvas-(\d+)-[\da-f]+\.tmp$/;

/**
 * Keeps the last two checkpoints of a training in a directory, which is made when first needed. One training at a time.
 *
 * Saving rejects with a RuntimeError that names the file, the operation and the remedy, if a file cannot be written; the checkpoints
 * before are then as they were.
 *
 * @example
 * await trainGan({ images, checkpoint: checkpointDirectory('run/checkpoints'), resume: true });
 */
export function checkpointDirectory(path: string, fileSystem: CheckpointFileSystem = nodeFileSystem): CheckpointStore {
  if (typeof path !== 'string' || path === '') {
    invalid('checkpointDirectory', 'path', 'the path of a directory', path);
  }
  let cleaned = false;
  return {
    async save(bytes) {
      if (!(bytes instanceof Uint8Array)) invalid('checkpointDirectory', 'bytes', 'a Uint8Array', bytes);
      await attempt('create', path, () => fileSystem.mkdir(path, { recursive: true }));
      const names = await readNames(fileSystem, path);
      if (!cleaned) await removeStale(fileSystem, path, names);
      cleaned = true;
      const older = checkpointsIn(names);
      const number = (older[0]?.number ?? 0) + 1;
      const name = `checkpoint-${String(number).padStart(6, '0')}.safetensors`;
      await writeFileAtomic(join(path, name), bytes, fileSystem);
      // The state is safe by now: what cannot be removed is tried again at the next save.
      for (const extra of older.slice(KEPT_CHECKPOINTS - 1)) await tryUnlink(fileSystem, join(path, extra.name));
    },
    async list() {
      return checkpointsIn(await readNames(fileSystem, path)).map(({ name }) => {
        const file = join(path, name);
        return { name: file, read: () => fileSystem.readFile(file) };
      });
    },
  };
}

/** Newest first. */
function checkpointsIn(names: readonly string[]): { name: string; number: number }[] {
  return names
    .flatMap((name) => {
      const number = CHECKPOINT_NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => b.number - a.number);
}

/** A directory that does not exist is an empty one. */
function readNames(fileSystem: CheckpointFileSystem, path: string): Promise<string[]> {
  return attempt('read', path, async () => {
    try {
      return await fileSystem.readdir(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/** Temporary files whose writer is dead. */
async function removeStale(fileSystem: CheckpointFileSystem, path: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const writer = TEMPORARY_NAME.exec(name)?.[1];
    if (writer === undefined) continue;
    const file = join(path, name);
    const stale = Number(writer) === process.pid ? await isOlderThanUs(fileSystem, file) : !isAlive(Number(writer));
    if (stale) await tryUnlink(fileSystem, file);
  }
}

/** In a container each run may have the same process number. */
async function isOlderThanUs(fileSystem: CheckpointFileSystem, file: string): Promise<boolean> {
  const started = Date.now() - 1000 * process.uptime();
  return fileSystem.stat(file).then(
    ({ mtimeMs }) => mtimeMs < started,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

async function tryUnlink(fileSystem: CheckpointFileSystem, file: string): Promise<void> {
  await fileSystem.unlink(file).catch(() => {});
}

async function attempt<T>(operation: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new RuntimeError(
      `checkpointDirectory: cannot ${operation} the directory "${path}": ${messageOf(cause)}. Checkpoints in it are untouched; check its path and permissions.`,
      { cause },
    );
  }
}
