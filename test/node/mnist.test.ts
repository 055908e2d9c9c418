import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { ArgumentError, FormatError, RuntimeError } from '../../src/core/errors.ts';
import { encodeIdx } from '../../src/data/idx.ts';
import { loadMnist } from '../../src/node/mnist.ts';
import { defaultCacheDirectory, MNIST_CHECKSUMS } from '../../src/node/mnist-cache.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';
import { testServer } from '../support/server.ts';
import { expectRejection } from '../support/thrown.ts';

const newFolder = temporaryFolders();
const serve = testServer();

/** n images, image i filled with (start + i) mod 256, and labels i mod 10. */
function images(n: number, start = 0): Uint8Array {
  const data = Uint8Array.from({ length: n * 784 }, (_, at) => start + Math.floor(at / 784));
  return encodeIdx({ type: 'uint8', shape: [n, 28, 28], data });
}
function labels(n: number): Uint8Array {
  return encodeIdx({ type: 'uint8', shape: [n], data: Uint8Array.from({ length: n }, (_, i) => i % 10) });
}

const TRAIN = { 'train-images-idx3-ubyte': images(12), 'train-labels-idx1-ubyte': labels(12) };
const TEST = { 't10k-images-idx3-ubyte': images(5, 100), 't10k-labels-idx1-ubyte': labels(5) };

function folderWith(files: Record<string, Uint8Array>): string {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** The first pixel of each image, back as a byte. */
function firstPixels({ images }: Awaited<ReturnType<typeof loadMnist>>): number[] {
  const batch = images.gather(Array.from({ length: images.count }, (_, i) => i)).data;
  return Array.from({ length: images.count }, (_, i) => 127.5 * batch[784 * i]! + 127.5).map(Math.round);
}

describe('loadMnist from a directory', () => {
  it('reads either split; train is the default', async () => {
    const directory = folderWith({ ...TRAIN, ...TEST });
    const train = await loadMnist({ directory });
    expect(train.images.count).toBe(12);
    expect(train.images.itemShape).toEqual([28, 28, 1]);
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(firstPixels(train)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const test = await loadMnist({ directory, split: 'test' });
    expect([...test.labels]).toEqual([0, 1, 2, 3, 4]);
    expect(firstPixels(test)).toEqual([100, 101, 102, 103, 104]);
  });

  it('takes the first images up to the limit, and all there are if it is higher', async () => {
    const directory = folderWith(TRAIN);
    for (const [limit, count] of [
      [1, 1],
      [7, 7],
      [12, 12],
      [13, 12],
      [60_000, 12],
    ] as const) {
      const loaded = await loadMnist({ directory, limit });
      expect(firstPixels(loaded), `limit ${limit}`).toEqual(Array.from({ length: count }, (_, i) => i));
      expect(loaded.labels.length, `limit ${limit}`).toBe(count);
      // A copy: a few labels do not keep a whole file in memory.
      expect(loaded.labels.buffer.byteLength).toBe(count);
    }
  });

  it.each([
    ['gzipped', 'train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
    ['dotted', 'train-images.idx3-ubyte', 'train-labels.idx1-ubyte'],
    ['dotted and gzipped', 'train-images.idx3-ubyte.gz', 'train-labels.idx1-ubyte.gz'],
    ['mixed', 'train-images-idx3-ubyte.gz', 'train-labels.idx1-ubyte'],
  ])('reads files named the %s way', async (_name, imageFile, labelFile) => {
    const packed = (name: string, bytes: Uint8Array): Uint8Array => (name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const directory = folderWith({
      [imageFile]: packed(imageFile, images(3)),
      [labelFile]: packed(labelFile, labels(3)),
    });
    expect(firstPixels(await loadMnist({ directory }))).toEqual([0, 1, 2]);
  });

  it('names what it looked for when a file is missing', async () => {
    const directory = folderWith({ 'train-images-idx3-ubyte': images(3) });
    await expectRejection(
      loadMnist({ directory }),
      RuntimeError,
      /loadMnist: none of train-labels-idx1-ubyte, train-labels-idx1-ubyte\.gz, train-labels\.idx1-ubyte, .* is in ".*"\. Pass/,
    );
    expect(await rejection(loadMnist({ directory: join(directory, 'none') }))).toBeInstanceOf(RuntimeError);
  });

  const int = { type: 'int32', shape: [3], data: new Int32Array(3) } as const;
  const wide = { type: 'uint8', shape: [3, 28, 29], data: new Uint8Array(3 * 28 * 29) } as const;
  const none = { type: 'uint8', shape: [0, 28, 28], data: new Uint8Array(0) } as const;
  it.each([
    ['more images than labels', images(4), labels(3), /has 4 images, but .* has 3 labels/],
    ['fewer images than labels', images(2), labels(3), /has 2 images, but .* has 3 labels/],
    [
      'images and labels exchanged',
      labels(3),
      images(3),
      /train-images.* holds uint8 of shape \[3\]; expected uint8 of shape \[n, 28, 28\]/,
    ],
    [
      'labels of another type',
      images(3),
      encodeIdx(int),
      /train-labels.* holds int32 of shape \[3\]; expected uint8 of shape \[n\]/,
    ],
    ['images of another size', encodeIdx(wide), labels(3), /holds uint8 of shape \[3, 28, 29\]/],
    ['no images', encodeIdx(none), labels(3), /shape \[0, 28, 28\].*n at least 1/],
    [
      'a label above 9',
      images(3),
      encodeIdx({ type: 'uint8', shape: [3], data: Uint8Array.of(0, 9, 10) }),
      /train-labels.*: label 2 is 10; expected digits, 0 to 9\. readIdxFile\(\) reads other data/,
    ],
    ['cut images', images(3).subarray(0, 999), labels(3), /loadMnist: ".*train-images.*": .* but only 983 follow/],
    ['a text', Buffer.from('no digits'), labels(3), /loadMnist: ".*train-images.*begins with bytes 00 00/],
  ])('refuses %s', async (_name, imageBytes, labelBytes, says) => {
    const directory = folderWith({ 'train-images-idx3-ubyte': imageBytes, 'train-labels-idx1-ubyte': labelBytes });
    await expectRejection(loadMnist({ directory }), FormatError, says);
  });
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const checksums = Object.fromEntries(
  Object.entries({ ...TRAIN, ...TEST }).map(([name, bytes]) => [name, sha256(bytes)]),
);

/**
 * A mirror that serves TRAIN and TEST gzipped, except for what `special` has in their place; it counts the requests.
 */
async function mirror(
  special: Record<string, Uint8Array | number> = {},
): Promise<{ baseUrl: string; requests: string[] }> {
  const requests: string[] = [];
  const files: Record<string, Uint8Array> = { ...TRAIN, ...TEST };
  const url = await serve((request, response) => {
    const name = /^\/digits\/(.*)\.gz$/.exec(request.url ?? '')?.[1] ?? '';
    requests.push(name);
    const answer = special[name];
    if (typeof answer === 'number') response.writeHead(answer).end();
    else if (answer !== undefined) response.end(answer);
    else if (files[name] !== undefined) response.end(gzipSync(files[name]));
    else response.writeHead(404).end();
  });
  return { baseUrl: `${url}digits`, requests };
}

describe('loadMnist without a directory', () => {
  it('downloads each file once into the cache, which it makes, and reads it from there afterwards', async () => {
    const cacheDirectory = join(newFolder(), 'a', 'b');
    const { baseUrl, requests } = await mirror();
    for (let run = 0; run < 3; run++) {
      expect(firstPixels(await loadMnist({ cacheDirectory, baseUrl, checksums, limit: 5 }))).toEqual([0, 1, 2, 3, 4]);
    }
    expect(requests).toEqual(Object.keys(TRAIN));
    expect(readdirSync(cacheDirectory).sort()).toEqual(Object.keys(TRAIN).map((name) => `${name}.gz`));
    const packed = readFileSync(join(cacheDirectory, 'train-labels-idx1-ubyte.gz'));
    expect(packed.equals(gzipSync(TRAIN['train-labels-idx1-ubyte']))).toBe(true);
    await loadMnist({ cacheDirectory, baseUrl: `${baseUrl}/`, checksums, split: 'test' });
    expect(requests).toEqual([...Object.keys(TRAIN), ...Object.keys(TEST)]);
  });

  it('downloads only what the cache lacks', async () => {
    const cacheDirectory = folderWith({ 'train-images-idx3-ubyte': TRAIN['train-images-idx3-ubyte'] });
    const { baseUrl, requests } = await mirror();
    await loadMnist({ cacheDirectory, baseUrl, checksums });
    expect(requests).toEqual(['train-labels-idx1-ubyte']);
  });

  it('takes a mirror that packed the same bytes another way, and checksums in capitals', async () => {
    const stored = gzipSync(TRAIN['train-images-idx3-ubyte'], { level: 0 });
    const { baseUrl } = await mirror({
      'train-images-idx3-ubyte': stored,
      'train-labels-idx1-ubyte': TRAIN['train-labels-idx1-ubyte'],
    });
    const capitals = Object.fromEntries(Object.entries(checksums).map(([name, sum]) => [name, sum.toUpperCase()]));
    const loaded = await loadMnist({ cacheDirectory: newFolder(), baseUrl, checksums: capitals });
    expect(loaded.images.count).toBe(12);
  });

  const name = 'train-images-idx3-ubyte';
  const good = gzipSync(TRAIN[name]);
  const bad = Buffer.from(good);
  bad[40]! ^= 255;
  it.each([
    [
      'other digits',
      gzipSync(images(12, 1)),
      new RegExp(`the \\d+ bytes that came have SHA-256 [0-9a-f]{64} \\(unpacked\\), expected ${checksums[name]}`),
    ],
    ['a login page', Buffer.from('<!DOCTYPE html>'), /the 15 bytes that came have SHA-256/],
    ['nothing', new Uint8Array(0), /the 0 bytes that came have SHA-256/],
    ['half of the file', good.subarray(0, 60), /damaged or cut short/],
    ['a damaged file', bad, /damaged or cut short|SHA-256|00 00|type code|rank/],
    ['a bomb', gzipSync(Buffer.concat([TRAIN[name], new Uint8Array(2 ** 24)])), /more than its IDX header declares/],
    ['404', 404, /the server answered 404 Not Found, expected 200/],
  ])('refuses %s, names URL and remedy, and leaves no file', async (_name, answer, says) => {
    const cacheDirectory = newFolder();
    const { baseUrl } = await mirror({ [name]: answer });
    const error = await expectRejection(loadMnist({ cacheDirectory, baseUrl, checksums }), RuntimeError, says);
    expect(error).toMatchObject({ message: expect.stringContaining(`${baseUrl}/${name}.gz`) });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^loadMnist: .*Try again, pass the baseUrl of a mirror/),
    });
    expect(readdirSync(cacheDirectory)).toEqual([]);
  });

  it("checks against MNIST's own checksums by default", async () => {
    const { baseUrl } = await mirror();
    const error = await rejection(loadMnist({ cacheDirectory: newFolder(), baseUrl }));
    expect(error).toMatchObject({ message: expect.stringContaining(`expected ${MNIST_CHECKSUMS[name]}`) });
  });

  it('says how to repair a damaged file in the cache', async () => {
    const cacheDirectory = folderWith({ [`${name}.gz`]: good.subarray(0, 50) });
    await expectRejection(
      loadMnist({ cacheDirectory, checksums }),
      FormatError,
      /ubyte\.gz" \(delete it to have it downloaded again\): /,
    );
  });

  it('checks cached files again, and leaves them to the user', async () => {
    const cacheDirectory = newFolder();
    const { baseUrl, requests } = await mirror();
    await loadMnist({ cacheDirectory, baseUrl, checksums });
    const path = join(cacheDirectory, `${name}.gz`);
    const changed = TRAIN[name].slice();
    changed[5000]! ^= 1;
    for (const [file, bytes] of [
      [path, gzipSync(changed)],
      [join(cacheDirectory, name), changed],
    ] as const) {
      writeFileSync(file, bytes);
      const error = await expectRejection(
        loadMnist({ cacheDirectory, baseUrl, checksums }),
        FormatError,
        new RegExp(
          `^loadMnist: "${file}" is not the file it should be: it has SHA-256 ${sha256(changed)} \\(unpacked\\)`,
        ),
      );
      expect(error).toMatchObject({ message: expect.stringContaining('Delete it to have it downloaded again') });
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }
    expect(requests).toHaveLength(2);
    // Other data under the same names, as of another mirror, need its checksums.
    expect(await rejection(loadMnist({ cacheDirectory }))).toBeInstanceOf(FormatError);
  });

  it.each([
    ['http://user:secret@127.0.0.1/x', 'http://...@127.0.0.1/x'],
    ['https://user:secret@127.0.0.1/x?token=secret', 'https://...@127.0.0.1/x?...'],
    ['https://127.0.0.1/x?token=secret#secret', 'https://127.0.0.1/x?...'],
    ['ftp://user:secret@127.0.0.1', 'ftp://...@127.0.0.1'],
    ['user:secret@127.0.0.1', '...@127.0.0.1'],
  ])('refuses %s as baseUrl and keeps its secrets', async (baseUrl, shown) => {
    const error = await expectRejection(
      loadMnist({ cacheDirectory: newFolder(), baseUrl }),
      ArgumentError,
      `got "${shown}"`,
    );
    expect(error).toMatchObject({ message: expect.not.stringContaining('secret') });
  });

  it('throws an error if the cache folder cannot be created', async () => {
    const folder = folderWith({ file: Uint8Array.of(1) });
    const { baseUrl } = await mirror();
    await expectRejection(
      loadMnist({ cacheDirectory: join(folder, 'file', 'x'), baseUrl, checksums }),
      RuntimeError,
      /cannot make the folder ".*Pass another cacheDirectory/,
    );
  });

  it("uses the user's cache folder by default", async () => {
    const root = newFolder();
    vi.stubEnv('XDG_CACHE_HOME', root);
    vi.stubEnv('LOCALAPPDATA', root);
    const { baseUrl } = await mirror();
    await loadMnist({ baseUrl, checksums });
    vi.unstubAllEnvs();
    expect(readdirSync(join(root, 'ganvas', 'mnist')).length).toBe(2);
  });

  it("rejects with the signal's reason", async () => {
    const cacheDirectory = newFolder();
    const reason = new Error('enough');
    const baseUrl = await serve(() => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    expect(await rejection(loadMnist({ cacheDirectory, baseUrl, signal: controller.signal }))).toBe(reason);
    expect(await rejection(loadMnist({ directory: folderWith(TRAIN), signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(readdirSync(cacheDirectory)).toEqual([]);
  });
});

describe('defaultCacheDirectory', () => {
  it('follows the XDG specification, and LOCALAPPDATA on Windows', () => {
    const home = join('/home', 'ada');
    const inHome = join(home, '.cache', 'ganvas', 'mnist');
    expect(defaultCacheDirectory({}, 'linux', home)).toBe(inHome);
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: '' }, 'linux', home)).toBe(inHome);
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: 'relative' }, 'linux', home)).toBe(inHome);
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/caches' }, 'darwin', home)).toBe(
      join('/caches', 'ganvas', 'mnist'),
    );
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/x', LOCALAPPDATA: '/local' }, 'win32', home)).toBe(
      join('/local', 'ganvas', 'mnist'),
    );
  });
});

describe('loadMnist refuses', () => {
  it.each([
    [{ directory: 'x', baseUrl: 'http://127.0.0.1/' }, /baseUrl must be absent when there is a directory/],
    [{ baseUrl: 'ftp://127.0.0.1/' }, /baseUrl must be the http or https URL of a folder/],
    [{ baseUrl: 'nowhere' }, /baseUrl must be the http or https URL of a folder/],
    [
      { checksums: { 'train-image-idx3-ubyte': '0' } },
      /unknown option "train-image-idx3-ubyte"\. Did you mean train-images-idx3/,
    ],
    [
      { checksums: { 'train-images-idx3-ubyte': '123' } },
      /checksums\['train-images-idx3-ubyte'\] must be 64 hex digits/,
    ],
  ])('%j', async (options, says) => {
    await expectRejection(Reflect.apply(loadMnist, undefined, [options]), ArgumentError, says);
  });
});
