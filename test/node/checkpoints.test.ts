import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, RuntimeError } from '../../src/core/errors.ts';
import { encodeTensorFile } from '../../src/io/tensor-file.ts';
import { type CheckpointFileSystem, checkpointDirectory } from '../../src/node/checkpoints.ts';
import type { CheckpointStore } from '../../src/training/checkpoint-store.ts';
import type { ResumeEvent } from '../../src/training/events.ts';
import { CHECKSUM_KEY, checkSeal, seal, UNSEALED } from '../../src/training/seal.ts';
import { recordingStore, runTiny, stateHash } from '../gan/tiny.ts';
import { detached } from '../support/detached.ts';
import { temporaryFolders } from '../support/folder.ts';
import { expectRejection } from '../support/thrown.ts';
import { hookedFileSystem, SystemError } from '../torture/hooked-file-system.ts';

const newFolder = temporaryFolders();

/** A sealed file of 1000 bytes, which is all that the directory asks of a checkpoint, that ends with the value. */
function bytesOf(value: number): Uint8Array {
  const file = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size).fill(value);
    return encodeTensorFile([{ name: 'x', dtype: 'U8', shape: [size], bytes }], { [CHECKSUM_KEY]: UNSEALED });
  };
  return seal(file(1000 - (file(800).length - 800)));
}

async function contents(store: CheckpointStore): Promise<number[]> {
  const kept = await Promise.all((await store.list()).map((saved) => saved.read()));
  for (const bytes of kept) {
    expect(bytes.length).toBe(1000);
    checkSeal(bytes, 'contents');
  }
  return kept.map((bytes) => bytes[999]!);
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

  it('refuses to save after another training has saved, and deletes nothing', async () => {
    const folder = newFolder();
    const store = checkpointDirectory(folder);
    await store.open?.();
    await store.save(bytesOf(1));
    writeFileSync(join(folder, 'checkpoint-000005.safetensors'), bytesOf(5));
    await expectRejection(
      store.save(bytesOf(2)),
      RuntimeError,
      /another training has saved checkpoint-000005.safetensors .* since this one saved last/,
    );
    expect(await contents(store)).toEqual([5, 1]);
    await store.close?.();
  });

  it('continues the numbers of another program, also beyond six digits, and keeps other files', async () => {
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

  it.each([
    ['15 digits', '9'.repeat(15), `1${'0'.repeat(15)}`],
    ['100 digits', '9'.repeat(100), `1${'0'.repeat(100)}`],
  ])('goes on behind a stray file with a number of %s, and loses no checkpoint', async (_, stray, next) => {
    const folder = newFolder();
    await runTiny({ checkpoint: checkpointDirectory(folder), epochs: 2 });
    writeFileSync(join(folder, `checkpoint-${stray}.safetensors`), 'no checkpoint');
    const skipped: unknown[] = [];
    const onResume = (event: ResumeEvent): unknown => skipped.push(...event.skipped);
    await runTiny({ checkpoint: checkpointDirectory(folder), resume: true, onResume });
    expect(skipped).toHaveLength(1);
    // What it resumed from outlives the save, not the stray file.
    expect(readdirSync(folder).sort()).toEqual(['checkpoint-000002.safetensors', `checkpoint-${next}.safetensors`]);
    const again = await runTiny({ checkpoint: checkpointDirectory(folder), resume: true, epochs: 5 });
    expect(again.steps).toHaveLength(2 * 4);
  });

  it('refuses before the first step if no number is left, and loses no checkpoint', async () => {
    const folder = newFolder();
    await runTiny({ checkpoint: checkpointDirectory(folder), epochs: 2 });
    writeFileSync(join(folder, `checkpoint-${'9'.repeat(200)}.safetensors`), '');
    const before = readdirSync(folder);
    const steps: unknown[] = [];
    const outcome = runTiny({ checkpoint: checkpointDirectory(folder), resume: true, onStep: (e) => steps.push(e) });
    await expectRejection(outcome, RuntimeError, /highest number.*If it is none, remove it/);
    expect([steps, readdirSync(folder)]).toEqual([[], before]);
  });

  it('does not let damaged files push out the one that it resumed from', async () => {
    const folder = newFolder();
    await runTiny({ checkpoint: checkpointDirectory(folder), epochs: 2 });
    const good = readFileSync(join(folder, 'checkpoint-000002.safetensors'));
    for (const number of ['000003', '000004', '000005']) {
      writeFileSync(
        join(folder, `checkpoint-${number}.safetensors`),
        good.map((byte, i) => (i === 200 ? ~byte : byte)),
      );
    }
    const afterFirst: string[] = [];
    const store = checkpointDirectory(folder);
    const save = async (bytes: Uint8Array): Promise<void> => {
      await store.save(bytes);
      afterFirst.push(
        readdirSync(folder)
          .filter((name) => !name.endsWith('.claim'))
          .join(),
      );
    };
    await runTiny({ checkpoint: { ...store, save }, resume: true, checkpointEvery: 2 });
    expect(afterFirst).toEqual([
      'checkpoint-000002.safetensors,checkpoint-000006.safetensors',
      'checkpoint-000006.safetensors,checkpoint-000007.safetensors',
    ]);
  });

  it.each(['checkpoint-00001.safetensors', 'checkpoint-0000001.safetensors', 'checkpoint-1e9999.safetensors'])(
    'leaves %s alone, which no checkpoint is called',
    async (name) => {
      const folder = newFolder();
      writeFileSync(join(folder, name), '');
      await checkpointDirectory(folder).save(bytesOf(1));
      expect(readdirSync(folder).sort()).toEqual([name, 'checkpoint-000001.safetensors'].sort());
    },
  );

  it('rejects before the first step if it cannot write, and writes nothing for a finished training', async () => {
    const folder = newFolder();
    const fileSystem = (code: string): CheckpointFileSystem =>
      hookedFileSystem((call) => {
        if (call === 'open file') throw new SystemError(code);
      }, 1000);
    const steps: unknown[] = [];
    const onStep = (event: unknown): unknown => steps.push(event);
    for (const code of ['EROFS', 'EACCES', 'ENOSPC']) {
      for (const resume of [false, true]) {
        const error = await expectRejection(
          runTiny({ checkpoint: checkpointDirectory(folder, fileSystem(code)), resume, onStep }),
          RuntimeError,
        );
        expect(error).toMatchObject({
          message: expect.stringMatching(`cannot write into the directory "${folder}": E`),
        });
      }
    }
    expect(steps).toEqual([]);
    await runTiny({ checkpoint: checkpointDirectory(folder) });
    const { result } = await runTiny({ checkpoint: checkpointDirectory(folder, fileSystem('EROFS')), resume: true });
    expect(result).toMatchObject({ completed: true, history: { length: 3 } });
  });

  it('continues when another program empties the directory', async () => {
    const folder = newFolder();
    const onEpoch = ({ epoch }: { epoch: number }): void => {
      if (epoch === 2) rmSync(folder, { recursive: true });
    };
    await runTiny({ checkpoint: checkpointDirectory(folder), onEpoch });
    expect(readdirSync(folder)).toEqual(['checkpoint-000001.safetensors', 'checkpoint-000002.safetensors']);
  });

  it('refuses bytes that have lost their memory, and keeps what is there', async () => {
    const folder = newFolder();
    const store = checkpointDirectory(folder);
    await store.save(bytesOf(1));
    await expectRejection(store.save(detached(Uint8Array.from(bytesOf(2)))), ArgumentError);
    expect(await contents(store)).toEqual([1]);
  });

  it('removes temporary files of ended processes, not those of running ones', async () => {
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

  it('keeps a temporary file with its own process id if the age of the file is unknown', async () => {
    const folder = newFolder();
    const name = `.ganvas-${process.pid}-eeeeeeeeeeee.tmp`;
    writeFileSync(join(folder, name), 'half a file');
    utimesSync(join(folder, name), new Date(0), new Date(0));
    const fileSystem = hookedFileSystem((call) => {
      if (call === 'stat') throw new SystemError('EIO');
    }, 300);
    await checkpointDirectory(folder, fileSystem).save(bytesOf(1));
    expect(readdirSync(folder).sort()).toEqual([name, 'checkpoint-000001.safetensors']);
  });

  it('reports a thrown value that is not an Error', async () => {
    const fileSystem = hookedFileSystem(() => Promise.reject('no disk'), 300);
    const error = await expectRejection(checkpointDirectory(newFolder(), fileSystem).save(bytesOf(1)), RuntimeError);
    expect(error).toMatchObject({ message: expect.stringContaining(': no disk.'), cause: 'no disk' });
  });

  it('names path and reason where there is a file instead of a directory', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, 'x');
    const store = checkpointDirectory(file);
    for (const [operation, call] of [
      ['create', () => store.save(bytesOf(1))],
      ['read', () => store.list()],
    ] as const) {
      const error = await expectRejection(call(), RuntimeError);
      expect(error).toMatchObject({ message: expect.stringMatching(`cannot ${operation} the directory ".*file": E`) });
    }
    expect(readFileSync(file, 'utf8')).toBe('x');
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

/** A file system whose call number `call` (from 1) fails. */
function failing(call: number, cause: Error, most: number): CheckpointFileSystem {
  let count = 0;
  return hookedFileSystem(() => {
    if (++count === call) throw cause;
  }, most);
}

describe('a fault at each call of a save', () => {
  it('makes these calls in this order', async () => {
    const folder = newFolder();
    const calls: string[] = [];
    const store = checkpointDirectory(
      folder,
      hookedFileSystem((call) => calls.push(call), 300),
    );
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
    const outcome = checkpointDirectory(folder, failing(call, cause, 300)).save(bytesOf(3));
    if (isTolerated(name, code)) {
      await outcome;
      expect((await contents(healthy)).slice(0, 2)).toEqual([3, 2]);
    } else {
      const error = await expectRejection(outcome, RuntimeError);
      expect(error).toMatchObject({ cause, message: expect.stringContaining(folder) });
      expect(error).toMatchObject({ message: expect.stringContaining(`${code}: failed on purpose`) });
      expect(await contents(healthy)).toEqual(call > COMMITTED ? [3, 2, 1] : [2, 1]);
    }
    // The disk is well again: all is as if nothing had been, the old file and every temporary one gone.
    await healthy.save(bytesOf(4));
    expect(readdirSync(folder)).toHaveLength(2);
    expect((await contents(healthy))[0]).toBe(4);
  });
});

describe('a training whose checkpoints are in a directory', () => {
  let finalHash: string;
  beforeAll(async () => {
    const store = recordingStore();
    await runTiny({ checkpoint: store });
    finalHash = stateHash(store.saved.at(-1)!);
  });

  async function newestHash(folder: string): Promise<string> {
    const [newest] = await checkpointDirectory(folder).list();
    return stateHash(await newest!.read());
  }

  /** Number of calls in a whole training; one call of `write` takes 4 KiB. */
  async function countCalls(): Promise<number> {
    let count = 0;
    const fileSystem = hookedFileSystem(() => count++, 4096);
    await runTiny({ checkpoint: checkpointDirectory(newFolder(), fileSystem) });
    return count;
  }

  it('fails at any call of any of its saves, and the resumed one ends in the same bits', async () => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(3 * 12);
    let failures = 0;
    for (let call = 1; call <= calls; call++) {
      const folder = newFolder();
      const cause = new SystemError(['ENOSPC', 'EIO', 'EACCES'][call % 3]!);
      const broken = checkpointDirectory(folder, failing(call, cause, 4096));
      const outcome = await runTiny({ checkpoint: broken }).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        failures++;
        expect(outcome, `call ${call}`).toBeInstanceOf(RuntimeError);
        expect(outcome.cause).toBe(cause);
      }
      const { result } = await runTiny({ checkpoint: checkpointDirectory(folder), resume: true });
      expect(result.completed).toBe(true);
      expect(await newestHash(folder), `call ${call}`).toBe(finalHash);
    }
    // Of each save's calls, three or four may fail without harm.
    expect(failures).toBeGreaterThan(calls / 2);
  });

  it('takes the older file when the newest is damaged, and says so', async () => {
    const folder = newFolder();
    await runTiny({ checkpoint: checkpointDirectory(folder) });
    const store = checkpointDirectory(folder);
    const [newest, older] = await store.list();
    const bytes = readFileSync(newest!.name);
    bytes[bytes.length - 5]! ^= 16;
    writeFileSync(newest!.name, bytes);

    const events: ResumeEvent[] = [];
    await runTiny({ checkpoint: store, resume: true, onResume: (event) => events.push(event) });
    expect(events).toEqual([
      {
        epoch: 3,
        step: 0,
        checkpoint: older!.name,
        skipped: [{ name: newest!.name, error: expect.any(FormatError) }],
      },
    ]);
    expect(await newestHash(folder)).toBe(finalHash);
  });

  it('passes over a directory and an empty file that are called like checkpoints', async () => {
    const folder = newFolder();
    await runTiny({ checkpoint: checkpointDirectory(folder), epochs: 2 });
    mkdirSync(join(folder, 'checkpoint-000008.safetensors'));
    writeFileSync(join(folder, 'checkpoint-000009.safetensors'), '');
    const skipped: unknown[] = [];
    const onResume = (event: ResumeEvent): unknown => skipped.push(...event.skipped.map(({ error }) => error));
    await runTiny({ checkpoint: checkpointDirectory(folder), resume: true, onResume });
    expect(skipped).toEqual([expect.any(FormatError), expect.any(RuntimeError)]);
    expect(skipped.map(String).join()).toMatch(/does not begin as one.*8\.safetensors" is not a regular file/);
    expect(await newestHash(folder)).toBe(finalHash);
  });
});
