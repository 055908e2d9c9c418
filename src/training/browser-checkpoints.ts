/**
 * A store of checkpoints in the origin private file system of a browser: files that only pages of one origin see, and
 * that stay after a reload. Each checkpoint is a file of its own, written and flushed before older ones are removed; a
 * file that a crash has cut off fails its checksum, and resuming takes the one before.
 * Source: File System Standard (WHATWG), sections 3 and 4, "Accessing the Origin Private File System".
 */
import { checkBytes } from '../core/bytes.ts';
import { invalid } from '../core/check.ts';
import { messageOf, RuntimeError } from '../core/errors.ts';
import { type CheckpointStore, KEPT_CHECKPOINTS, type SavedCheckpoint } from './checkpoint-store.ts';

// The parts of the standard's interfaces that are used here. Programs without the DOM library compile with them too.

interface SyncAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  close(): void;
}

interface FileHandle {
  getFile(): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

interface DirectoryHandle {
  getDirectoryHandle(name: string, options: { readonly create: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options: { readonly create: boolean }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

interface Browser {
  readonly navigator?: { readonly storage?: { getDirectory?(): Promise<DirectoryHandle> } };
}

const WHERE = 'browserCheckpoints';
const PARENT = 'ganvas-checkpoints';
const LOCK = 'lock';
const FILE = /^checkpoint-(\d{9})\.safetensors$/;

/** The worker of a page that is being reloaded may hold the lock for a moment. In milliseconds. */
const PATIENCE = 3000;
const RETRY = 50;

/**
 * A store in the origin private file system, which keeps the last two checkpoints. It works in workers, also those of
 * pages that are not cross-origin isolated, in Chromium, Firefox and Safari; the origin must be secure (https or
 * localhost). While a training saves there, another one with the same name is refused, in other tabs too.
 *
 * @param name - of the folder: letters, digits, `-` and `_`, at most 64.
 * @throws ArgumentError for another name. What it returns rejects with a RuntimeError where there is no such file
 *   system, where its space is used up, or while another training saves there.
 *
 * @example
 * // In a worker. After a reload of the page the training goes on where it stopped.
 * const response = await fetch('digits.bin');
 * const images = dataset(new Uint8Array(await response.arrayBuffer()), [10_000, 28, 28, 1]);
 * await trainGan({ images, checkpoint: browserCheckpoints('digits'), resume: true });
 */
export function browserCheckpoints(name: string): CheckpointStore {
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    invalid(WHERE, 'name', 'a name of letters, digits, - and _', name);
  }
  let lock: SyncAccess | undefined;
  return {
    async open() {
      const folder = await folderOf(name);
      lock = await claim(await folder.getFileHandle(LOCK, { create: true }), name);
    },
    async close() {
      lock?.close();
      lock = undefined;
    },
    async save(bytes) {
      checkBytes(WHERE, 'bytes', bytes);
      const folder = await folderOf(name);
      const numbers = await numbersIn(folder);
      const file = fileName((numbers[0] ?? 0) + 1);
      try {
        await write(await folder.getFileHandle(file, { create: true }), bytes);
      } catch (cause) {
        await folder.removeEntry(file).catch(() => undefined);
        throw new RuntimeError(
          `${WHERE}: ${bytes.length} bytes could not be saved in "${name}": ${messageOf(cause)}. The browser may have ` +
            'no space left for this site; earlier checkpoints are untouched.',
          { cause },
        );
      }
      for (const old of numbers.slice(KEPT_CHECKPOINTS - 1)) await folder.removeEntry(fileName(old));
    },
    async list() {
      const folder = await folderOf(name);
      const numbers = await numbersIn(folder);
      return numbers.map(fileName).map(
        (file): SavedCheckpoint => ({
          name: `${name}/${file}`,
          async read() {
            const handle = await folder.getFileHandle(file, { create: false });
            return new Uint8Array(await (await handle.getFile()).arrayBuffer());
          },
        }),
      );
    },
  };
}

async function folderOf(name: string): Promise<DirectoryHandle> {
  const { navigator } = globalThis as Browser;
  if (navigator?.storage?.getDirectory === undefined) {
    throw new RuntimeError(
      `${WHERE}: there is no origin private file system here. It exists in browsers, on https and localhost; in Node, ` +
        'use checkpointDirectory(path) of ganvas/node.',
    );
  }
  const root = await navigator.storage.getDirectory();
  const parent = await root.getDirectoryHandle(PARENT, { create: true });
  return parent.getDirectoryHandle(name, { create: true });
}

/** Takes the lock: a file that is open for writing cannot be opened again, and a worker that ends closes its files. */
async function claim(file: FileHandle, name: string): Promise<SyncAccess> {
  const start = performance.now();
  while (true) {
    try {
      return await accessTo(file);
    } catch (cause) {
      if (cause instanceof RuntimeError) throw cause;
      if (performance.now() - start > PATIENCE) {
        throw new RuntimeError(
          `${WHERE}: another training saves in "${name}", perhaps in another tab. Close it, or choose another name.`,
          { cause },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}

async function accessTo(file: FileHandle): Promise<SyncAccess> {
  if (file.createSyncAccessHandle !== undefined) return file.createSyncAccessHandle();
  throw new RuntimeError(`${WHERE}: files can be written in workers only. Train in a worker.`);
}

async function write(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const access = await accessTo(file);
  try {
    access.truncate(0);
    const written = access.write(bytes, { at: 0 });
    if (written !== bytes.length) throw new RuntimeError(`${WHERE}: only ${written} bytes were written`);
    access.flush();
  } finally {
    access.close();
  }
}

function fileName(number: number): string {
  return `checkpoint-${String(number).padStart(9, '0')}.safetensors`;
}

/** The numbers of the checkpoints, the newest first. */
async function numbersIn(folder: DirectoryHandle): Promise<number[]> {
  const numbers: number[] = [];
  for await (const entry of folder.keys()) {
    const [, number] = FILE.exec(entry) ?? [];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers.sort((a, b) => b - a);
}
