/** The real file system of checkpoints, with a hook before each call that can throw or wait, and with short writes. */
import { mkdir, open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import type { CheckpointFileSystem } from '../../src/node/checkpoints.ts';
import { openForReading } from '../../src/node/read-file.ts';

/** An error with a code, as the system throws it. */
export class SystemError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code}: failed on purpose`);
    this.code = code;
  }
}

/** @param most - the most bytes of one write. */
export function hookedFileSystem(hook: (call: string) => unknown, most: number): CheckpointFileSystem {
  const hooked =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await hook(name);
      return call(...args);
    };
  return {
    async open(path, flags) {
      const kind = typeof flags === 'number' ? 'directory' : 'file';
      await hook(`open ${kind}`);
      const handle = await open(path, flags);
      return {
        write: hooked('write', (bytes, offset, length, position) => {
          return handle.write(bytes, offset, Math.min(length, most), position);
        }),
        sync: hooked(`sync ${kind}`, () => handle.sync()),
        async close() {
          // As on a real system, a close that fails still closes the file.
          await handle.close();
          await hook(`close ${kind}`);
        },
      };
    },
    rename: hooked('rename', rename),
    unlink: hooked('unlink', unlink),
    mkdir: hooked('mkdir', (path, options) => mkdir(path, options)),
    readdir: hooked('readdir', (path) => readdir(path)),
    openForReading: hooked('open for reading', openForReading),
    utimes: hooked('utimes', utimes),
    stat: hooked('stat', (path) => stat(path)),
  };
}
