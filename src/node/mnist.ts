/** `loadMnist`: the handwritten digits of LeCun, Cortes and Burges, from a folder, the cache or the network. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { PlatformAbortSignal } from '../core/abort-signal.ts';
import { checkOptions, invalid, isInstance } from '../core/check.ts';
import { FormatError, RuntimeError } from '../core/errors.ts';
import { choice, integer, option, readOptions, type Values } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { type Dataset, dataset } from '../data/dataset.ts';
import { decodeIdx } from '../data/idx.ts';
import { MAX_IDX_FILE, readIdxBytes } from './idx.ts';
import {
  defaultCacheDirectory,
  fetchMnistFile,
  MAX_CACHED_BYTES,
  MNIST_CHECKSUMS,
  MNIST_URL,
  verifyCached,
} from './mnist-cache.ts';

/** The options of loadMnist(). */
export interface MnistOptions {
  /** A folder with the four files under their usual names, gzipped or not. With it, nothing is ever downloaded. */
  readonly directory?: string | undefined;
  /** 'train', 60,000 images, is the default; 'test' has 10,000. */
  readonly split?: 'train' | 'test' | undefined;
  /** Only the first `limit` images; default all. */
  readonly limit?: number | undefined;
  /** The cache; default `$XDG_CACHE_HOME/ganvas/mnist`, `~/.cache/ganvas/mnist` or `%LOCALAPPDATA%\ganvas\mnist`. */
  readonly cacheDirectory?: string | undefined;
  /** Where files that the cache lacks come from: the URL of a folder. Default: a public copy by the CVDF. */
  readonly baseUrl?: string | undefined;
  /** For mirrors with other data: SHA-256 (hex) of the unpacked files, by name, e.g. 'train-images-idx3-ubyte'. */
  readonly checksums?: Readonly<Record<string, string>> | undefined;
  /** Aborting it ends a download; loadMnist then rejects with the signal's reason. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/** The images of MNIST and their digits. */
export interface Mnist {
  /** Shape [n, 28, 28, 1]: bytes, 0 (paper) to 255 (ink). */
  readonly images: Dataset;
  /** n digits, 0 to 9. */
  readonly labels: Uint8Array;
}

const SPLITS = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

const FOLDER = option<string>((where, argument, value) =>
  typeof value === 'string' && value !== '' ? value : invalid(where, argument, 'the path of a folder', value),
);

const OPTIONS = {
  directory: FOLDER.optional(),
  split: choice(['train', 'test']).or('train'),
  limit: integer(1).optional(),
  cacheDirectory: FOLDER.optional(),
  baseUrl: option<string, URL>(checkBaseUrl).optional(),
  checksums: option<Readonly<Record<string, string>>>(checkChecksums).optional(),
  signal: option<AbortSignal>((where, argument, value) =>
    isInstance(value, AbortSignal) ? value : invalid(where, argument, 'an AbortSignal', value),
  ).optional(),
};

const SIDE = 28;

/**
 * Loads MNIST. With `directory` it reads the files there; without, it reads the cache and downloads what is missing.
 *
 * @throws RuntimeError if a file is missing, unreadable or cannot be downloaded (the download leaves no file behind),
 *   FormatError if one is not what it should be or the counts differ, ArgumentError for a wrong option.
 * @example
 * const { images, labels } = await loadMnist({ limit: 100 });
 * images.count; // 100
 * images.itemShape; // [28, 28, 1]
 * labels.length; // 100
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const setup = readOptions('loadMnist', options, OPTIONS);
  const { directory, limit = Infinity, signal } = setup;
  const names = SPLITS[setup.split];
  const locate = directory === undefined ? cacheLocator(setup) : folderLocator(directory, setup);
  signal?.throwIfAborted();
  const images = await readBytes(await locate(names.images), [SIDE, SIDE]);
  const labels = await readBytes(await locate(names.labels), []);
  if (images.count !== labels.count) {
    throw new FormatError(
      `loadMnist: ${images.where} has ${images.count} images, but ${labels.where} has ${labels.count} labels; ` +
        'expected as many',
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new FormatError(
      `loadMnist: ${labels.where}: label ${wrong} is ${labels.data[wrong]}; expected digits, 0 to 9. ` +
        'readIdxFile() reads other data',
    );
  }
  const count = Math.min(images.count, limit);
  const loaded = {
    images: dataset(images.data.subarray(0, count * SIDE * SIDE), [count, SIDE, SIDE, 1]),
    labels: labels.data.slice(0, count),
  };
  release(images.data);
  return loaded;
}

/**
 * Frees the bytes at once, where the engine can (Node 22). Otherwise these 47 MB would stay in memory beside the
 * dataset's copy until the next garbage collection. The peak of loading was 248 MB with this, 268 without.
 */
function release({ buffer }: Uint8Array): void {
  const { transfer } = buffer as { transfer?: (this: ArrayBufferLike, length: number) => ArrayBuffer };
  transfer?.call(buffer, 0);
}

interface Located {
  readonly path: string;
  /** What to do if the file is damaged. */
  readonly remedy: string;
  readonly maxBytes: number;
  /** Throws if the unpacked bytes are not those that are expected. `where` names the file. */
  verify(where: string, bytes: Uint8Array): void;
}

type Locator = (name: string) => Promise<Located>;

function folderLocator(directory: string, options: Values<typeof OPTIONS>): Locator {
  for (const option of ['cacheDirectory', 'baseUrl', 'checksums'] as const) {
    if (options[option] !== undefined) {
      invalid('loadMnist', option, 'absent when there is a directory, which is read as it is', options[option]);
    }
  }
  return async (name) => {
    const path = await find(directory, name);
    if (path === undefined) {
      throw new RuntimeError(
        `loadMnist: none of ${variants(name).join(', ')} is in "${directory}". Pass the directory that has them, ` +
          'or none to download them',
      );
    }
    return { path, remedy: '', maxBytes: MAX_IDX_FILE, verify: () => {} };
  };
}

function cacheLocator(options: Values<typeof OPTIONS>): Locator {
  const { checksums = {}, signal, baseUrl = new URL(MNIST_URL) } = options;
  const folder = options.cacheDirectory ?? defaultCacheDirectory(process.env, process.platform, homedir());
  return async (name) => ({
    path: (await find(folder, name)) ?? (await fetchMnistFile(name, { folder, baseUrl, checksums, signal })),
    remedy: ' (delete it to have it downloaded again)',
    maxBytes: MAX_CACHED_BYTES,
    verify: (where, bytes) => verifyCached(where, name, bytes, checksums),
  });
}

function checkBaseUrl(where: string, argument: string, value: unknown): URL {
  const text = typeof value === 'string' ? value : '';
  const folder = text.endsWith('/') ? text : `${text}/`;
  const url = URL.canParse(folder) ? new URL(folder) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return invalid(where, argument, 'the http or https URL of a folder', withoutSecrets(value));
  }
  if (url.username !== '' || url.password !== '' || /[?#]/.test(text)) {
    const expected = 'a URL without user, password, query and fragment, which fetch() refuses or a file name replaces';
    return invalid(where, argument, expected, withoutSecrets(value));
  }
  return url;
}

/** Leaves out what may be a password or a token, so that it does not get into logs. */
function withoutSecrets(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[^/]*@/, '...@').replace(/[?#].*/s, '?...') : value;
}

/** SHA-256 by the names of MNIST's files. */
function checkChecksums(where: string, argument: string, value: unknown): Readonly<Record<string, string>> {
  checkOptions(`${where} ${argument}`, value, Object.keys(MNIST_CHECKSUMS));
  const checksums: Record<string, string> = {};
  for (const [name, checksum] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (typeof checksum !== 'string' || !/^[0-9a-f]{64}$/i.test(checksum)) {
      return invalid(where, `${argument}['${name}']`, '64 hex digits', checksum);
    }
    checksums[name] = checksum;
  }
  return checksums;
}

/** The names under which a file is found: its own, one with a dot as some tools write it, and both gzipped. */
function variants(name: string): string[] {
  const dotted = name.replace('-idx', '.idx');
  return [name, `${name}.gz`, dotted, `${dotted}.gz`];
}

async function find(folder: string, name: string): Promise<string | undefined> {
  for (const variant of variants(name)) {
    const path = join(folder, variant);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** The bytes of an IDX file of shape [count, ...item]. */
async function readBytes(
  { path, remedy, maxBytes, verify }: Located,
  item: readonly number[],
): Promise<{ where: string; count: number; data: Uint8Array }> {
  const where = `"${path}"${remedy}`;
  const bytes = await readIdxBytes(`loadMnist: ${where}`, path, maxBytes);
  const { type, shape, data } = decodeIdx(`loadMnist: ${where}`, bytes);
  const [count = 0, ...rest] = shape;
  if (type !== 'uint8' || rest.length !== item.length || rest.some((size, axis) => size !== item[axis]) || count < 1) {
    const expected = ['n', ...item].join(', ');
    throw new FormatError(
      `loadMnist: ${where} holds ${type} of shape ${formatShape(shape)}; expected uint8 of shape [${expected}], n ` +
        'at least 1',
    );
  }
  verify(`"${path}"`, bytes);
  return { where, count, data };
}
