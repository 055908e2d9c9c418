/**
 * browserCheckpoints on a file system in memory that behaves as the standard says: a file open for writing cannot be
 * opened again. `npm run test:studio` resumes from the real one in Chromium and Firefox.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArgumentError, browserCheckpoints, RuntimeError } from '../../src/index.ts';
import { referenceRun, runTiny, stopAfter } from '../gan/tiny.ts';
import { rejection } from '../support/folder.ts';

class MemoryFile {
  bytes = new Uint8Array(0);
  open = false;
  /** How many bytes a write takes; the rest is lost, as on a full disk. */
  room = Number.POSITIVE_INFINITY;

  async getFile(): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }> {
    const { bytes } = this;
    return { arrayBuffer: async () => bytes.slice().buffer };
  }

  async createSyncAccessHandle(): Promise<object> {
    if (this.open) throw new DOMException('locked', 'NoModificationAllowedError');
    this.open = true;
    return {
      truncate: (size: number) => {
        this.bytes = this.bytes.slice(0, size);
      },
      write: (bytes: Uint8Array) => {
        this.bytes = bytes.slice(0, this.room);
        return this.bytes.length;
      },
      flush: () => undefined,
      close: () => {
        this.open = false;
      },
    };
  }
}

class MemoryDirectory {
  readonly files = new Map<string, MemoryFile>();
  readonly folders = new Map<string, MemoryDirectory>();
  /** For files that are made from now on. */
  room = Number.POSITIVE_INFINITY;

  async getDirectoryHandle(name: string): Promise<MemoryDirectory> {
    const found = this.folders.get(name) ?? new MemoryDirectory();
    this.folders.set(name, found);
    return found;
  }

  async getFileHandle(name: string, { create }: { readonly create: boolean }): Promise<MemoryFile> {
    const found = this.files.get(name);
    if (found !== undefined) return found;
    if (!create) throw new DOMException(name, 'NotFoundError');
    const file = new MemoryFile();
    file.room = this.room;
    this.files.set(name, file);
    return file;
  }

  async removeEntry(name: string): Promise<void> {
    this.files.delete(name);
  }

  async *keys(): AsyncIterable<string> {
    yield* this.files.keys();
  }
}

let root = new MemoryDirectory();
const folder = (): MemoryDirectory => root.folders.get('ganvas-checkpoints')!.folders.get('mine')!;

beforeEach(() => {
  root = new MemoryDirectory();
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('browserCheckpoints', () => {
  it('keeps the last two, newest first', async () => {
    const store = browserCheckpoints('mine');
    for (const value of [1, 2, 3]) await store.save(bytes(value, value));
    const list = await store.list();
    expect(list.map(({ name }) => name)).toEqual([
      'mine/checkpoint-000000003.safetensors',
      'mine/checkpoint-000000002.safetensors',
    ]);
    expect(await Promise.all(list.map((one) => one.read()))).toEqual([bytes(3, 3), bytes(2, 2)]);
    expect(await browserCheckpoints('other').list()).toEqual([]);
  });

  it('a training goes on from it with the same bits', async () => {
    const { whole } = await referenceRun();
    const first = await runTiny({ checkpoint: browserCheckpoints('mine'), ...stopAfter(6) });
    const rest = await runTiny({ checkpoint: browserCheckpoints('mine'), resume: true });
    expect([...first.steps, ...rest.steps]).toEqual(whole.steps);
  });

  it('resumes from the checkpoint before one that was cut off', async () => {
    await runTiny({ checkpoint: browserCheckpoints('mine'), epochs: 2 });
    const newest = folder().files.get('checkpoint-000000002.safetensors')!;
    newest.bytes = newest.bytes.slice(0, -1);
    const events: object[] = [];
    const options = { resume: true, onResume: (event: object) => events.push(event) };
    await runTiny({ checkpoint: browserCheckpoints('mine'), ...options });
    expect(events).toMatchObject([
      { epoch: 2, step: 0, checkpoint: 'mine/checkpoint-000000001.safetensors', skipped: [{}] },
    ]);
  });

  it('lets one training save at a time, and the next one when it has closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    const [one, other] = [browserCheckpoints('mine'), browserCheckpoints('mine')];
    await one.open!();
    const refused = rejection(other.open!());
    await vi.advanceTimersByTimeAsync(4000);
    expect(`${await refused}`).toMatch(/^RuntimeError: browserCheckpoints: another training saves in "mine"/);
    const patient = other.open!();
    await vi.advanceTimersByTimeAsync(1000);
    await one.close!();
    await vi.advanceTimersByTimeAsync(100);
    await patient;
    await other.close!();
  });

  it('a save that finds no space rejects, and earlier checkpoints stay', async () => {
    const store = browserCheckpoints('mine');
    await store.save(bytes(1, 2));
    folder().room = 1;
    const error = await rejection(store.save(bytes(3, 4)));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(`${error}`).toMatch(/2 bytes could not be saved in "mine": .*only 1 bytes were written.* no space left/);
    expect((await store.list()).map(({ name }) => name)).toEqual(['mine/checkpoint-000000001.safetensors']);
  });

  it('says where it works', async () => {
    vi.stubGlobal('navigator', {});
    expect(`${await rejection(browserCheckpoints('mine').list())}`).toMatch(
      /^RuntimeError: .*no origin private file system here.* in Node, use checkpointDirectory/,
    );
    vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
    // A page's main thread has the files, but not the access that writes at once.
    await browserCheckpoints('mine').list();
    const parent = folder();
    parent.getFileHandle = async () => Object.assign(new MemoryFile(), { createSyncAccessHandle: undefined });
    expect(`${await rejection(browserCheckpoints('mine').open!())}`).toMatch(/written in workers only/);
  });

  it.each(['', 'a/b', '..', 'x'.repeat(65)])('refuses the name "%s"', (name) => {
    expect(() => browserCheckpoints(name)).toThrow(ArgumentError);
  });
});
