/**
 * Whatever a file system can hold under a name where a file is expected, and what reads or writes such names. Each pair
 * must end soon, in success or in a typed error, without taking memory for what a file only claims to hold.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { GanvasError } from '../../src/core/errors.ts';
import { encodeIdx } from '../../src/data/idx.ts';
import { chunk, pngFile } from '../../src/image/chunks.ts';
import { encodePng } from '../../src/image/png.ts';
import { encodeTensorFile } from '../../src/io/tensor-file.ts';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { writeFileAtomic } from '../../src/node/files.ts';
import { readIdxFile } from '../../src/node/idx.ts';
import { loadImages } from '../../src/node/images.ts';
import { loadMnist } from '../../src/node/mnist.ts';
import { CHECKSUM_KEY, seal, UNSEALED } from '../../src/training/seal.ts';
import { runTiny } from '../gan/tiny.ts';

/** Makes the thing at `path`; returns what ends it, if it lives. */
type Maker = (path: string) => unknown;

/** A file of `size` bytes that takes no space on disk, with `beginning` at its front. */
function sparse(size: number, beginning: Uint8Array = new Uint8Array(0)): Maker {
  return (path) => {
    const file = openSync(path, 'w');
    writeSync(file, beginning);
    ftruncateSync(file, size);
    closeSync(file);
  };
}

/** A file that another program changes all the time, between `bytes` and something longer or shorter. */
function restless(bytes: Uint8Array, other: number): Maker {
  return (path) => {
    writeFileSync(path, bytes);
    let whole = true;
    const timer = setInterval(() => {
      try {
        if (whole) truncateSync(path, other);
        else {
          writeFileSync(path, bytes, { flag: 'r+' });
          truncateSync(path, bytes.length);
        }
        whole = !whole;
      } catch {
        // What is tested has removed it.
        clearInterval(timer);
      }
    }, 0);
    return () => clearInterval(timer);
  };
}

const idx = encodeIdx({ type: 'uint8', shape: [400, 28, 28], data: new Uint8Array(400 * 784).fill(7) });
const checkpoint = seal(
  encodeTensorFile([{ name: 'x', dtype: 'U8', shape: [300_000], bytes: new Uint8Array(300_000) }], {
    [CHECKSUM_KEY]: UNSEALED,
  }),
);
/** The beginning of a checkpoint whose header claims to be as long as a header may be. */
const longHeader = checkpoint.slice(0, 64);
new DataView(longHeader.buffer).setUint32(0, 100_000_000, true);
const png = encodePng(new Uint8Array(60_000), 300, 200);
/** A header of 4096 x 4096 pixels, with the right checksum. */
const largePng = encodePng(new Uint8Array(4096 * 4096), 4096, 4096).slice(0, 33);
/** What unpacks to 16 MB: a thousand times the pixels of its header. */
const pngBomb = pngFile([
  png.subarray(8, 33),
  chunk('IDAT', new Uint8Array(deflateSync(new Uint8Array(16_000_000)))),
  chunk('IEND', new Uint8Array(0)),
]);
const hugeIdx = Uint8Array.of(0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

export const HOSTILE: Readonly<Record<string, Maker>> = {
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
  'a socket': async (path) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return () => server.close();
  },
  'a directory': (path) => mkdirSync(path),
  'a dangling link': (path) => symlinkSync('nowhere', path),
  'a link to itself': (path) => symlinkSync(path, path),
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a link to /dev/full': (path) => symlinkSync('/dev/full', path),
  'a link to the terminal': (path) => symlinkSync('/dev/tty', path),
  'a link to a named pipe': (path) => {
    execFileSync('mkfifo', [`${path}.pipe`]);
    symlinkSync(`${path}.pipe`, path);
  },
  'a file of /proc, whose size is 0': (path) => symlinkSync('/proc/self/maps', path),
  'the memory of the process': (path) => symlinkSync('/proc/self/mem', path),
  'an empty file': sparse(0),
  'one byte': sparse(1),
  '1 GiB of zeros': sparse(2 ** 30),
  '1.9 GB of zeros': sparse(1.9e9),
  '8 TB of zeros': sparse(8e12),
  '1 GiB behind the magic bytes of gzip': sparse(2 ** 30, Uint8Array.of(0x1f, 0x8b, 8, 0)),
  '1 GiB behind a gzipped header of 2^96 bytes': sparse(2 ** 30, gzipSync(hugeIdx)),
  '1 GiB behind an IDX header of 2^96 bytes': sparse(2 ** 30, hugeIdx),
  '1.9 GB behind the beginning of a checkpoint': sparse(1.9e9, checkpoint.subarray(0, 200)),
  '1.9 GB behind a whole checkpoint': sparse(1.9e9, checkpoint),
  '1.9 GB behind a checkpoint with a header of 100 MB': sparse(1.9e9, longHeader),
  '1 GiB behind the head of a PNG': sparse(2 ** 30, png.subarray(0, 33)),
  '100 MB behind the head of a PNG of 4096 x 4096': sparse(1e8, largePng),
  '1.9 GB behind a whole PNG': sparse(1.9e9, png),
  'a PNG that unpacks to 16 MB': (path) => writeFileSync(path, pngBomb),
  'a PNG that shrinks': restless(png, 100),
  'a PNG that grows': restless(png, 1_000_000),
  'IDX that shrinks': restless(idx, 1000),
  'IDX that grows': restless(idx, 10_000_000),
  'gzipped IDX that shrinks': restless(gzipSync(idx, { level: 0 }), 70_000),
  'a checkpoint that shrinks': restless(checkpoint, 1000),
  'a checkpoint that grows': restless(checkpoint, 10_000_000),
};

const IMAGES = 'train-images-idx3-ubyte';
const LABELS = 'train-labels-idx1-ubyte';

export interface Access {
  /** The name under which the hostile thing lies in the folder. */
  readonly name: string;
  /** What lies there already. */
  prepare?(folder: string): Promise<unknown>;
  use(folder: string): Promise<unknown>;
}

export const ACCESSES: Readonly<Record<string, Access>> = {
  readIdxFile: { name: 'file', use: (folder) => readIdxFile(join(folder, 'file')) },
  'loadMnist, a directory': { name: IMAGES, use: (directory) => loadMnist({ directory }) },
  'loadMnist, labels in a directory': {
    name: LABELS,
    prepare: async (directory) => writeFileSync(join(directory, IMAGES), idx),
    use: (directory) => loadMnist({ directory }),
  },
  // Nobody listens there: what the cache lacks fails at once.
  'loadMnist, the cache': {
    name: `${IMAGES}.gz`,
    use: (cacheDirectory) => loadMnist({ cacheDirectory, baseUrl: 'http://127.0.0.1:9' }),
  },
  'loadImages, a file': { name: 'file.png', use: (folder) => loadImages(folder) },
  'loadImages, the directory': { name: 'file', use: (folder) => loadImages(join(folder, 'file')) },
  'the only checkpoint': { name: 'checkpoint-000007.safetensors', use: resume },
  'the newest of three checkpoints': {
    name: 'checkpoint-000009.safetensors',
    prepare: (folder) => runTiny({ checkpoint: checkpointDirectory(folder), epochs: 2 }),
    use: resume,
  },
  'a directory of checkpoints': { name: 'file', use: (folder) => resume(join(folder, 'file')) },
  'writeFileAtomic, the file': {
    name: 'file',
    use: (folder) => writeFileAtomic(join(folder, 'file'), Uint8Array.of(1)),
  },
  'writeFileAtomic, the directory': {
    name: 'file',
    use: (folder) => writeFileAtomic(join(folder, 'file', 'inside'), Uint8Array.of(1)),
  },
};

function resume(folder: string): Promise<unknown> {
  return runTiny({ checkpoint: checkpointDirectory(folder), resume: true });
}

export interface Verdict {
  /** Undefined if it succeeded. */
  readonly error: unknown;
  readonly milliseconds: number;
  /** By how much the largest resident memory of the process grew. */
  readonly grownBytes: number;
}

/** One kind of file, one access to it. Takes no longer than `limit` milliseconds, or throws. */
export async function access(kind: string, way: string, limit: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-hostile-'));
  const { name, prepare, use } = ACCESSES[way]!;
  await prepare?.(folder);
  const end = await HOSTILE[kind]!(join(folder, name));
  let timer: NodeJS.Timeout | undefined;
  try {
    const before = process.resourceUsage().maxRSS;
    const start = performance.now();
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer after ${limit} ms`)), limit);
    });
    const error = await Promise.race([use(folder).then(() => undefined), tooLong]).catch((cause: unknown) => cause);
    const milliseconds = performance.now() - start;
    return { error, milliseconds, grownBytes: 1024 * (process.resourceUsage().maxRSS - before) };
  } finally {
    clearTimeout(timer);
    if (typeof end === 'function') end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a verdict, if anything. */
export function problemOf({ error, milliseconds, grownBytes }: Verdict): string | undefined {
  if (error !== undefined && !(error instanceof GanvasError)) return `not a typed error: ${String(error)}`;
  if (error instanceof GanvasError && error.message.length > 5000) return 'the message is too long';
  if (milliseconds > 3000) return `${milliseconds.toFixed(0)} ms`;
  // Most of it is what trainings leave to the collector.
  if (grownBytes > 150e6) return `${(grownBytes / 1e6).toFixed(0)} MB more memory`;
  return undefined;
}
