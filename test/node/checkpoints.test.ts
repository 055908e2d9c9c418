import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, RuntimeError } from '../../src/core/errors.ts';
import type { ResumeEvent } from '../../src/gan/options.ts';
import type { CheckpointStore } from '../../src/io/checkpoint-store.ts';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { recordingStore, runTiny, stateHash } from '../gan/tiny.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';
import { hookedFileSystem, SystemError } from '../torture/hooked-file-system.ts';

const newFolder = temporaryFolders();
const bytesOf = (value: number): Uint8Array => new Uint8Array(1000).fill(value);

async function contents(store: CheckpointStore): Promise<number[]> {
  const kept = await Promise.all((await store.list()).map((saved) => saved.read()));
  expect(kept.every((bytes) => bytes.length === 1000 && bytes.every((byte) => byte === bytes[0]))).toBe(true);
  return kept.map((bytes) => bytes[0]!);
}

describe('checkpointDirectory', () => {
  it('makes the directory, keeps the last two, newest first, and nothing else', async () => {
    const folder = join(newFolder(), 'run', 'checkpoints');
    const store = checkpointDirectory(folder);
    expect(await contents(store)).toEqual([]);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
    const expected = [[1], [2, 1], [3, 2], [4, 3]];
    for (const [i, kept] of expected.entries()) {
      await store.save(bytesOf(i + 1));
      expect(await contents(store)).toEqual(kept);
    }
    expect(readdirSync(folder).sort()).toEqual(['checkpoint-000003.safetensors', 'checkpoint-000004.safetensors']);
    const [newest] = await store.list();
    expect(newest!.name).toBe(join(folder, 'checkpoint-000004.safetensors'));
  });

  it('goes on counting where another program stopped, also beyond six digits, and leaves other files alone', async () => {
    const folder = newFolder();
    const strangers = ['checkpoint-7.safetensors', 'checkpoint-000001.txt', 'notes', '.ganvas-notes.tmp'];
    for (const name of strangers) writeFileSync(join(folder, name), name);
    for (const number of ['000002', '999999', '1000000']) {
      writeFileSync(join(folder, `checkpoint-${number}.safetensors`), bytesOf(number.length));
    }
    await checkpointDirectory(folder).save(bytesOf(9));
    expect(await contents(checkpointDirectory(folder))).toEqual([9, 7]);
    expect(readdirSync(folder).sort()).toEqual(
      [...strangers, 'checkpoint-1000000.safetensors', 'checkpoint-1000001.safetensors'].sort(),
    );
  });

  it('removes temporary files of dead processes, not those of living ones', async () => {
    const folder = newFolder();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const temporary = (pid: number, tail: string): string => `.ganvas-${pid}-${tail}.tmp`;
    const files = {
      dead: temporary(dead, 'aaaaaaaaaaaa'),
      parent: temporary(process.ppid, 'bbbbbbbbbbbb'),
      ours: temporary(process.pid, 'cccccccccccc'),
      // Of an earlier process that had our number, as every process of a container has.
      namesake: temporary(process.pid, 'dddddddddddd'),
    };
    for (const name of Object.values(files)) writeFileSync(join(folder, name), 'half a file');
    utimesSync(join(folder, files.namesake), new Date(0), new Date(0));
    await checkpointDirectory(folder).save(bytesOf(1));
    expect(readdirSync(folder).sort()).toEqual([files.parent, files.ours, 'checkpoint-000001.safetensors'].sort());
  });

  it.each([[''], [undefined], [7]])('refuses %j as path', (path) => {
    expect(() => Reflect.apply(checkpointDirectory, undefined, [path])).toThrow(ArgumentError);
  });

  it('names path and reason where there is a file instead of a directory', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'x');
    const store = checkpointDirectory(file);
    for (const [outcome, operation] of [
      [store.save(bytesOf(1)), 'create'],
      [store.list(), 'read'],
    ] as const) {
      const error = await rejection(outcome);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error).toMatchObject({ message: expect.stringMatching(`cannot ${operation} the directory ".*file": E`) });
    }
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  // Root may write anywhere.
  it.runIf(process.getuid?.() !== 0)('names path and remedy where it may not write', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o500);
    const error = await rejection(checkpointDirectory(folder).save(bytesOf(1)));
    chmodSync(folder, 0o700);
    expect(error).toMatchObject({ message: expect.stringMatching(/EACCES.*permissions/) });
  });
});

/** The calls of a save that removes an older checkpoint, 1000 bytes being written 300 at a time. */
const SAVE_CALLS = [
  ...['mkdir', 'readdir', 'open directory', 'open file', 'write', 'write', 'write', 'write', 'sync file', 'close file'],
  ...['rename', 'sync directory', 'close directory', 'unlink'],
];
/** After these the new file is in place. */
const COMMITTED = SAVE_CALLS.indexOf('sync directory');
const FAULTS = SAVE_CALLS.flatMap((name, i) =>
  ['ENOSPC', 'EIO', 'EACCES', 'EROFS'].map((code) => ({ name, call: i + 1, code })),
);

/** Not an error: what cannot open, sync or close a directory, and an old file that stays. The state is saved then. */
function isTolerated(name: string, code: string): boolean {
  return name === 'unlink' || name === 'close directory' || (name.endsWith('directory') && code === 'EACCES');
}

/** Fails call number `fail` (from 1) of all that come after the first `skip`. */
function faulty(fail: number, cause: Error, calls: string[], most = 300): CheckpointStore['save'] {
  return () => {
    throw new Error(`unused ${fail} ${cause} ${calls} ${most}`);
  };
}

describe('a fault at each call of a save', () => {
  it('meets every call: this is their order', async () => {
    const folder = newFolder();
    const calls: string[] = [];
    const store = checkpointDirectory(folder, hookedFileSystem((call) => calls.push(call), 300));
    await store.save(bytesOf(1));
    await store.save(bytesOf(2));
    calls.length = 0;
    await store.save(bytesOf(3));
    expect(calls).toEqual(SAVE_CALLS);
  });

  it.each(FAULTS)('$code at call $call, $name', async ({ name, call, code }) => {
    const folder = newFolder();
    const healthy = checkpointDirectory(folder);
    await healthy.save(bytesOf(1));
    await healthy.save(bytesOf(2));
    const cause = new SystemError(code);
    let count = 0;
    const hook = (): void => {
      if (++count === call) throw cause;
    };
    const outcome = checkpointDirectory(folder, hookedFileSystem(hook, 300)).save(bytesOf(3));
    if (isTolerated(name, code)) {
      await outcome;
      expect((await contents(healthy)).slice(0, 2)).toEqual([3, 2]);
    } else {
      const error = await rejection(outcome);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error).toMatchObject({ cause, message: expect.stringContaining(folder) });
      expect(error).toMatchObject({ message: expect.stringContaining(`${code}: made to fail`) });
      expect(await contents(healthy)).toEqual(call > COMMITTED ? [3, 2, 1] : [2, 1]);
    }
    // The disk is well again: all is as if nothing had been, the old file and every temporary one gone.
    await healthy.save(bytesOf(4));
    expect(readdirSync(folder)).toHaveLength(2);
    expect((await contents(healthy))[0]).toBe(4);
  });
});
