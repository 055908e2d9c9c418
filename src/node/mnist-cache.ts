/**
 * The cache folder of MNIST. Files are downloaded, verified by SHA-256 and written atomically. The checksums are those
 * of the unpacked bytes, because a mirror may pack the same bytes differently.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { FormatError, messageOf, RuntimeError } from '../core/errors.ts';
import { download } from './download.ts';
import { writeFileAtomic } from './files.ts';
import { gunzipIdx, isGzip } from './gunzip.ts';

export const MNIST_URL = 'https://storage.googleapis.com/cvdf-datasets/mnist/';

/** SHA-256 of unpacked files in hexadecimal, by file name. */
type Checksums = Readonly<Record<string, string>>;

/** SHA-256 of each file of MNIST, unpacked. */
export const MNIST_CHECKSUMS: Checksums = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/** The largest of the four files has 9.9 MB packed and 47 MB unpacked. */
export const MAX_CACHED_BYTES: number = 64 * 2 ** 20;

const REMEDY = 'Try again, pass the baseUrl of a mirror, or fetch the files by hand and pass their directory';

/** $XDG_CACHE_HOME/ganvas/mnist, or ~/.cache/ganvas/mnist; %LOCALAPPDATA%\ganvas\mnist on Windows. */
export function defaultCacheDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  const configured = platform === 'win32' ? environment['LOCALAPPDATA'] : environment['XDG_CACHE_HOME'];
  // The XDG specification says to ignore paths that are not absolute.
  const root = configured !== undefined && isAbsolute(configured) ? configured : join(home, '.cache');
  return join(root, 'ganvas', 'mnist');
}

interface FetchMnistOptions {
  readonly folder: string;
  readonly baseUrl: URL;
  readonly checksums: Checksums;
  readonly signal: AbortSignal | undefined;
}

/** Downloads `name`.gz into the folder, which is created if it does not exist, and returns the path of the file. */
export async function fetchMnistFile(name: string, options: FetchMnistOptions): Promise<string> {
  const { folder, baseUrl, checksums, signal } = options;
  const { href } = new URL(`${name}.gz`, baseUrl);
  const packed = await download(href, { where: 'loadMnist', remedy: REMEDY, maxBytes: MAX_CACHED_BYTES, signal });
  const actual = sha256(await unpack(href, packed));
  const expected = expectedChecksum(name, checksums);
  if (actual !== expected) {
    throw new RuntimeError(
      `loadMnist: ${href} is not the file it should be: the ${packed.length} bytes that came have SHA-256 ` +
        `${actual} (unpacked), ` +
        `expected ${expected}. ${REMEDY}; for a mirror with other data, pass its checksums`,
    );
  }
  signal?.throwIfAborted();
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new RuntimeError(
      `loadMnist: cannot make the folder "${folder}": ${messageOf(error)}. Pass another cacheDirectory`,
      {
        cause: error,
      },
    );
  }
  const path = join(folder, `${name}.gz`);
  await writeFileAtomic(path, packed);
  return path;
}

/**
 * Checks the SHA-256 of the unpacked bytes of a cached file. It takes 22 ms for the largest of the four files, less
 * than unpacking. A wrong file is not deleted, since the user may have put it there.
 */
export function verifyCached(where: string, name: string, bytes: Uint8Array, checksums: Checksums): void {
  const actual = sha256(bytes);
  const expected = expectedChecksum(name, checksums);
  if (actual === expected) return;
  throw new FormatError(
    `loadMnist: ${where} is not the file it should be: it has SHA-256 ${actual} (unpacked), expected ${expected}. ` +
      'Delete it to have it downloaded again; for other data, pass its checksums, or its folder as directory',
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function expectedChecksum(name: string, checksums: Checksums): string | undefined {
  return (checksums[name] ?? MNIST_CHECKSUMS[name])?.toLowerCase();
}

async function unpack(href: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    return await gunzipIdx(`loadMnist: ${href}`, [bytes], bytes.length, MAX_CACHED_BYTES);
  } catch (error) {
    throw new RuntimeError(`${messageOf(error)}; expected a gzipped IDX file. ${REMEDY}`, { cause: error });
  }
}
