/** The real file system of checkpoints, with a hook before each call that may fail it or make it wait, and writes cut short. */
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import type { CheckpointFileSystem } from '../../src/node/checkpoints.ts';

/** What the system answers when it fails. */
export class SystemError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code}: made to fail`);
    this.code = code;
  }
}

/** @param most bytes that one write takes */
export function hookedFileSystem(hook: (call: string) => unknown, most: number): CheckpointFileSystem {
  return {
    async open(path, flags) {
      const kind = flags === 'r' ? 'directory' : 'file';
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
          // As on a real system, a close that fails has closed nonetheless.
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
    async readFile(path) {
      await hook('readFile');
      return readFile(path);
    },
    async stat(path) {
      await hook('stat');
      return stat(path);
    },
  };
}
