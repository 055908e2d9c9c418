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
  return {
    async open(path, flags) {
      const kind = typeof flags === 'number' ? 'directory' : 'file';
      await hook(`open ${kind}`);
      const handle = await open(path, flags);
      return {
        async write(bytes, offset, length, position) {
          await hook('write');
          return handle.write(bytes, offset, Math.min(length, most), position);
        },
        async sync() {
          await hook(`sync ${kind}`);
          await handle.sync();
        },
        async close() {
          // As on a real system, a close that fails still closes the file.
          await handle.close();
          await hook(`close ${kind}`);
        },
      };
    },
    async rename(from, to) {
      await hook('rename');
      await rename(from, to);
    },
    async unlink(path) {
      await hook('unlink');
      await unlink(path);
    },
    async mkdir(path, options) {
      await hook('mkdir');
      await mkdir(path, options);
    },
    async readdir(path) {
      await hook('readdir');
      return readdir(path);
    },
    async openForReading(path) {
      await hook('open for reading');
      return openForReading(path);
    },
    async utimes(path, accessed, modified) {
      await hook('utimes');
      await utimes(path, accessed, modified);
    },
    async stat(path) {
      await hook('stat');
      return stat(path);
    },
  };
}
