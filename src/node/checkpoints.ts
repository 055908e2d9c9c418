/**
 * Checkpoints in a directory: checkpoint-000001.safetensors and so on, the last two kept, each written by
 * writeFileAtomic(). A process that is killed at any moment leaves the last two as they were, and at most a temporary
 * file and a claim (claim.ts), which the next training removes.
 */
import { mkdir, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBytes } from '../core/bytes.ts';
import { invalid } from '../core/check.ts';
import { FormatError, GanvasError, messageOf, RuntimeError } from '../core/errors.ts';
import { readFileSize, readHeaderEnd } from '../io/tensor-file.ts';
import type { CheckpointStore } from '../training/checkpoint-store.ts';
import { BEGINNING, checkBeginning } from '../training/seal.ts';
import { type Claim, type ClaimFileSystem, claimFolder, isAlive, processStart } from './claim.ts';
import { codeOf, writeFileAtomic } from './files.ts';
import { openForReading, type ReadableFileSystem, type RegularFile, useRegularFile } from './read-file.ts';

/** The functions of `node:fs/promises` that the store needs; tests pass one that fails on purpose. */
export interface CheckpointFileSystem extends ClaimFileSystem, ReadableFileSystem {
  /** Makes a directory and those above it. */
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
}

const nodeFileSystem: CheckpointFileSystem = { mkdir, open, openForReading, readdir, rename, stat, unlink, utimes };

/** At least six digits, without needless zeros, so that each number has one spelling. */
const CHECKPOINT_NAME = /^checkpoint-(\d{6}|[1-9]\d{6,199})\.safetensors$/;
/** The names of writeFileAtomic()'s temporary files, with the number of the process. */
const TEMPORARY_NAME = /^\.ganvas-(\d+)-[\da-f]+\.tmp$/;

interface NumberedFile {
  readonly name: string;
  /** A bigint, so that every number has a successor, even that of a stray file with a huge number. */
  readonly number: bigint;
}

/**
 * Keeps the last two checkpoints of a training in a directory. The directory is created when it is first needed.
 *
 * One training at a time: trainGan() claims the directory before its first step, and rejects with a RuntimeError if
 * another one that is still alive saves there. After a crash or a kill the next training can begin at once on the same
 * machine; another machine sees after ten seconds that the training is dead.
 *
 * If a file cannot be written, saving rejects with a RuntimeError that names the file, the operation and the remedy.
 * Earlier checkpoints are unchanged.
 *
 * @throws ArgumentError if the path is no text.
 * @example
 * const { images } = await loadMnist();
 * await trainGan({ images, checkpoint: checkpointDirectory('run/checkpoints'), resume: true });
 */
export function checkpointDirectory(path: string, fileSystem: CheckpointFileSystem = nodeFileSystem): CheckpointStore {
  if (typeof path !== 'string' || path === '') {
    invalid('checkpointDirectory', 'path', 'the path of a directory', path);
  }
  const directory = new CheckpointDirectory(path, fileSystem);
  // A plain object, so that users can extend it: { ...checkpointDirectory(path), save }.
  return {
    open: () => directory.open(),
    close: () => directory.close(),
    save: (bytes) => directory.save(bytes),
    list: () => directory.list(),
  };
}

class CheckpointDirectory {
  readonly #path: string;
  readonly #fileSystem: CheckpointFileSystem;
  #claim: Claim | undefined;
  /** The highest number in the directory when it was claimed, or the highest saved since. */
  #highest = 0n;
  /** The files that the next save must keep: the last one saved, or the last one read if nothing was saved yet. */
  #lastSaved: string | undefined;
  #lastRead: string | undefined;
  #cleaned = false;

  constructor(path: string, fileSystem: CheckpointFileSystem) {
    this.#path = path;
    this.#fileSystem = fileSystem;
  }

  async open(): Promise<void> {
    await this.#attempt('create', () => this.#fileSystem.mkdir(this.#path, { recursive: true }));
    const claim = await this.#attempt('write into', () => claimFolder(this.#fileSystem, this.#path));
    try {
      this.#highest = checkpointsIn(await this.#names())[0]?.number ?? 0n;
      nameOf(this.#path, this.#highest + 1n);
      this.#claim = claim;
    } catch (error) {
      await claim.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    const claim = this.#claim;
    this.#claim = undefined;
    await claim?.release();
  }

  async save(bytes: Uint8Array): Promise<void> {
    checkBytes('checkpointDirectory', 'bytes', bytes);
    await this.#attempt('create', () => this.#fileSystem.mkdir(this.#path, { recursive: true }));
    const names = await this.#names();
    await this.#checkClaim(names);
    if (!this.#cleaned) await this.#removeStale(names);
    this.#cleaned = true;
    const older = checkpointsIn(names);
    const number = (older[0]?.number ?? 0n) + 1n;
    const name = nameOf(this.#path, number);
    await writeFileAtomic(join(this.#path, name), bytes, this.#fileSystem);
    this.#highest = number;
    // The state is saved. If a file cannot be removed, the next save tries again.
    const precious = this.#lastSaved ?? this.#lastRead;
    const kept = older.find((one) => one.name === precious) ?? older[0];
    for (const extra of older) if (extra !== kept) await this.#tryUnlink(extra.name);
    this.#lastSaved = name;
  }

  async list(): ReturnType<CheckpointStore['list']> {
    return checkpointsIn(await this.#names()).map(({ name }) => {
      const file = join(this.#path, name);
      return {
        name: file,
        read: async () => {
          const bytes = await readCheckpoint(file, this.#fileSystem);
          this.#lastRead = name;
          return bytes;
        },
      };
    });
  }

  /**
   * Between two saves the process may have been suspended so long that another training considered it dead and started.
   */
  async #checkClaim(names: readonly string[]): Promise<void> {
    if (this.#claim === undefined) return;
    const newest = checkpointsIn(names)[0];
    if (newest !== undefined && newest.number > this.#highest) {
      throw new RuntimeError(
        `checkpointDirectory: another training has saved ${newest.name} in the directory "${this.#path}" since ` +
          'this one saved last, because this one did not answer for 10 s. Nothing was saved or deleted: resume from ' +
          'there, or choose another directory.',
      );
    }
    // The directory may have been emptied meanwhile.
    if (names.includes(this.#claim.name)) return;
    await this.#claim.release();
    this.#claim = await this.#attempt('write into', () => claimFolder(this.#fileSystem, this.#path));
  }

  /** A directory that does not exist is an empty one. */
  #names(): Promise<string[]> {
    return this.#attempt('read', async () => {
      try {
        return await this.#fileSystem.readdir(this.#path);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    });
  }

  /** Temporary files whose writer is dead. */
  async #removeStale(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const writer = TEMPORARY_NAME.exec(name)?.[1];
      if (writer === undefined) continue;
      const stale = Number(writer) === process.pid ? await this.#isOlderThanUs(name) : !isAlive(Number(writer));
      if (stale) await this.#tryUnlink(name);
    }
  }

  /** In a container each run may have the same process number. */
  #isOlderThanUs(name: string): Promise<boolean> {
    return this.#fileSystem.stat(join(this.#path, name)).then(
      ({ mtimeMs }) => mtimeMs < processStart(),
      () => false,
    );
  }

  async #tryUnlink(name: string): Promise<void> {
    await this.#fileSystem.unlink(join(this.#path, name)).catch(() => {});
  }

  async #attempt<T>(operation: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof GanvasError) throw cause;
      throw new RuntimeError(
        `checkpointDirectory: cannot ${operation} the directory "${this.#path}": ${messageOf(cause)}. Checkpoints ` +
          'in it are untouched; check its path and permissions.',
        { cause },
      );
    }
  }
}

/** Newest first. */
function checkpointsIn(names: readonly string[]): NumberedFile[] {
  return names
    .flatMap((name) => {
      const number = CHECKPOINT_NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: BigInt(number) }];
    })
    .sort((a, b) => (a.number < b.number ? 1 : -1));
}

function nameOf(path: string, number: bigint): string {
  const name = `checkpoint-${String(number).padStart(6, '0')}.safetensors`;
  if (CHECKPOINT_NAME.test(name)) return name;
  throw new RuntimeError(
    `checkpointDirectory: a file in the directory "${path}" has the highest number that a checkpoint can have. If ` +
      'it is none, remove it.',
  );
}

/** Names, shapes and settings of very large networks take a few MB. */
const MAX_HEADER_END = 2 ** 24;

/** Reads the whole file, but only if it begins like a checkpoint and has the length that its header says. */
function readCheckpoint(path: string, fileSystem: CheckpointFileSystem): Promise<Uint8Array> {
  const where = `checkpointDirectory: "${path}"`;
  const readWhole = async ({ size, read }: RegularFile): Promise<Uint8Array> => {
    const beginning = await read(0, Math.min(size, BEGINNING));
    checkBeginning(beginning, where);
    const headerEnd = readHeaderEnd(beginning, size, where);
    if (headerEnd > MAX_HEADER_END) {
      throw new FormatError(
        `${where}: its header claims to end at byte ${headerEnd}; at most ${MAX_HEADER_END} are read`,
        0,
      );
    }
    const claimed = readFileSize(await read(0, headerEnd), where);
    if (claimed !== size) {
      throw new FormatError(`${where} has ${size} bytes, but its header describes a file of ${claimed}`, size);
    }
    return read(0, size);
  };
  return useRegularFile(where, path, 'a checkpoint', readWhole, fileSystem);
}
