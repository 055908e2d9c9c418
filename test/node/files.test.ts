import { constants, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArgumentError, RuntimeError } from '../../src/core/errors.ts';
import { type FileSystem, writeFileAtomic } from '../../src/node/files.ts';
import { detached } from '../support/detached.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';
import { expectRejection } from '../support/thrown.ts';
import { hookedFileSystem, SystemError } from '../torture/hooked-file-system.ts';

const newFolder = temporaryFolders();
const OLD = Uint8Array.of(1, 2, 3);
const NEW = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

/** The real file system, but each call is logged and may fail, and a write takes at most `most` bytes. */
function faulty(fail: (call: number, name: string) => SystemError | undefined, most = 300) {
  const calls: string[] = [];
  const fileSystem: FileSystem = hookedFileSystem((name) => {
    calls.push(name);
    const error = fail(calls.length, name);
    if (error !== undefined) throw error;
  }, most);
  return { fileSystem, calls };
}

/** The order that makes it atomic: data on the disk before the name, the name before the return. */
const SEQUENCE = [
  'open directory',
  'open file',
  ...['write', 'write', 'write', 'write'],
  'sync file',
  'close file',
  'rename',
  'sync directory',
  'close directory',
];

describe('writeFileAtomic', () => {
  it('writes a new file and replaces an old one, leaving nothing else in the folder', async () => {
    const folder = newFolder();
    const path = join(folder, 'state.bin');
    await writeFileAtomic(path, OLD);
    expect([...readFileSync(path)]).toEqual([...OLD]);
    await writeFileAtomic(path, NEW);
    expect([...readFileSync(path)]).toEqual([...NEW]);
    await writeFileAtomic(path, new Uint8Array(0));
    expect(statSync(path).size).toBe(0);
    expect(readdirSync(folder)).toEqual(['state.bin']);
  });

  it('writes a view of a larger buffer, and takes a name as long as the system allows', async () => {
    const folder = newFolder();
    const path = join(folder, 'n'.repeat(255));
    await writeFileAtomic(path, NEW.subarray(10, 20));
    expect([...readFileSync(path)]).toEqual([...NEW.subarray(10, 20)]);
  });

  it('leaves one complete file when many calls write at once', async () => {
    const folder = newFolder();
    const path = join(folder, 'state.bin');
    await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileAtomic(path, new Uint8Array(5000).fill(i))));
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(5000);
    expect(new Set(bytes).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['state.bin']);
  });

  it('makes its calls in the order that is safe in a power cut, and continues after short writes', async () => {
    const path = join(newFolder(), 'state.bin');
    const { fileSystem, calls } = faulty(() => undefined);
    await writeFileAtomic(path, NEW, fileSystem);
    expect(calls).toEqual(SEQUENCE);
    expect([...readFileSync(path)]).toEqual([...NEW]);
  });

  const faults = SEQUENCE.flatMap((name, i) =>
    ['ENOSPC', 'EIO', 'EACCES'].map((code) => ({ code, name, call: i + 1 })),
  );

  it.each(faults)('handles $code at call $call ($name)', async ({ code, name, call }) => {
    const folder = newFolder();
    const path = join(folder, 'state.bin');
    writeFileSync(path, OLD);
    const cause = new SystemError(code);
    const { fileSystem, calls } = faulty((number) => (number === call ? cause : undefined));
    const outcome = writeFileAtomic(path, NEW, fileSystem);

    // A directory that cannot be opened or synced as such is no failure, nor is closing it.
    const tolerated = name === 'close directory' || (name.endsWith('directory') && code === 'EACCES');
    if (tolerated) {
      await outcome;
    } else {
      const error = await expectRejection(outcome, RuntimeError);
      expect(error).toMatchObject({ cause, message: expect.stringContaining(`"${path}"`) });
      expect(error).toMatchObject({ message: expect.stringContaining(`${code}: failed on purpose`) });
    }
    expect(calls[call - 1]).toBe(name);
    const renamed = calls.includes('sync directory') || tolerated;
    expect([...readFileSync(path)]).toEqual(renamed ? [...NEW] : [...OLD]);
    expect(readdirSync(folder)).toEqual(['state.bin']);
  });

  it.each(SEQUENCE.map((name, i) => ({ name, call: i + 1 })).slice(1, 9))(
    'tells the first error when everything fails from call $call ($name) on',
    async ({ call }) => {
      const folder = newFolder();
      const path = join(folder, 'state.bin');
      writeFileSync(path, OLD);
      const errors: SystemError[] = [];
      const { fileSystem } = faulty((number) => {
        if (number < call) return undefined;
        const error = new SystemError(`E${number}`);
        errors.push(error);
        return error;
      });
      const error = await expectRejection(writeFileAtomic(path, NEW, fileSystem), RuntimeError);
      expect(error).toMatchObject({ cause: errors[0] });
      expect([...readFileSync(path)]).toEqual([...OLD]);
    },
  );

  it('gives any rejection of a file system as cause: without a code, with a number as code, no Error', async () => {
    const path = join(newFolder(), 'state.bin');
    writeFileSync(path, OLD);
    const aborted = new DOMException('made to abort', 'AbortError');
    for (const [cause, said] of [
      [aborted, 'made to abort'],
      [new Error('made to fail'), 'made to fail'],
      ['a text', 'a text'],
      [undefined, 'undefined'],
    ] as const) {
      const { fileSystem } = faulty(() => undefined);
      const error = await expectRejection(
        writeFileAtomic(path, NEW, { ...fileSystem, rename: async () => Promise.reject(cause) }),
        RuntimeError,
      );
      expect(error).toMatchObject({
        cause,
        message: `writeFileAtomic: cannot rename the temporary file to "${path}": ${said}. An older file of that name is untouched.`,
      });
      expect([...readFileSync(path)]).toEqual([...OLD]);
    }
  });

  it('keeps the old file when the bytes have lost their memory, before the call or during it', async () => {
    const path = join(newFolder(), 'state.bin');
    writeFileSync(path, OLD);
    await expectRejection(
      writeFileAtomic(path, detached(Uint8Array.of(1, 2))),
      ArgumentError,
      /^writeFileAtomic: bytes has lost its memory/,
    );
    for (const event of ['open file', 'write']) {
      const bytes = Uint8Array.from(NEW);
      let calls = 0;
      const { fileSystem } = faulty((_, name) => {
        if (name === event && ++calls === 1) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return undefined;
      });
      expect(await rejection(writeFileAtomic(path, bytes, fileSystem)), event).toBeInstanceOf(RuntimeError);
      expect([...readFileSync(path)]).toEqual([...OLD]);
    }
  });

  it('gives up when the system takes no bytes, instead of trying for ever', async () => {
    const folder = newFolder();
    const path = join(folder, 'state.bin');
    await expectRejection(
      writeFileAtomic(path, NEW, faulty(() => undefined, 0).fileSystem),
      RuntimeError,
      /took 0 of 1000 bytes at 0/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names path and remedy on real failures: no such folder, a file as folder, a folder as file', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), OLD);
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'inside'), OLD);
    const cases: [string[], RegExp][] = [
      [['missing', 'x'], /cannot open the directory of ".*x".*ENOENT.*Create the directory first/],
      [['file', 'x'], /ENOTDIR.*Choose a directory/],
      [['taken'], /cannot rename the temporary file to ".*taken"/],
    ];
    for (const [parts, says] of cases) {
      const error = await expectRejection(writeFileAtomic(join(folder, ...parts), NEW), RuntimeError, says);
      expect(error.cause).toBeInstanceOf(Error);
    }
    expect(readdirSync(folder)).toEqual(['file', 'taken']);
    expect(readdirSync(join(folder, 'taken'))).toEqual(['inside']);
  });

  it.runIf(constants.O_NOFOLLOW !== undefined)('replaces a symbolic link, not the file it points to', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'target'), OLD);
    symlinkSync('target', join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), NEW);
    expect([...readFileSync(join(folder, 'target'))]).toEqual([...OLD]);
    expect([...readFileSync(join(folder, 'link'))]).toEqual([...NEW]);
  });
});
