import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { imageGrid } from '../../src/image/grid.ts';
import { saveImage } from '../../src/node/image.ts';
import { pseudoBytes, readPng } from '../image/png-reader.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ganvas-image-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const values = (seed: number, size: number): Float32Array =>
  Float32Array.from(pseudoBytes(seed, size), (byte) => byte / 127.5 - 1);

describe('saveImage', () => {
  test('a samples tensor becomes the grid that imageGrid makes, options passed on', async () => {
    const path = join(folder, 'grid.png');
    for (const shape of [
      [5, 7, 6, 1],
      [5, 7, 6],
    ]) {
      const samples = { shape, data: values(1, 210) };
      await saveImage(path, samples, { columns: 3, margin: 1, background: 30 });
      const expected = imageGrid(samples, { columns: 3, margin: 1, background: 30 });
      expect(readPng(await readFile(path))).toEqual(expected);
    }
  });

  test('[h, w] and [h, w, 1] become one image without a margin; a picture is written as it is', async () => {
    const path = join(folder, 'single.png');
    const pixels = pseudoBytes(2, 42);
    const expected = { pixels, width: 6, height: 7 };
    for (const image of [{ shape: [7, 6], data: values(2, 42) }, { shape: [7, 6, 1], data: values(2, 42) }, expected]) {
      await saveImage(path, image);
      expect(readPng(await readFile(path))).toEqual(expected);
    }
  });

  test('scale enlarges a grid, a single image and a picture', async () => {
    const path = join(folder, 'large.png');
    const pixels = Uint8Array.of(0, 255);
    const expected = { pixels: Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255), width: 4, height: 2 };
    for (const image of [
      { shape: [1, 2], data: Float32Array.of(-1, 1) },
      { pixels, width: 2, height: 1 },
    ]) {
      await saveImage(path, image, { scale: 2 });
      expect(readPng(await readFile(path))).toEqual(expected);
    }
    await expect(saveImage(path, { pixels, width: 3, height: 1 }, { scale: 2 })).rejects.toThrow(/^saveImage: pixels/);
  });

  test('writes colour: a grid of [n, h, w, 3], one image of [h, w, 3], a picture of three bytes a pixel', async () => {
    const path = join(folder, 'colour.png');
    const samples = { shape: [4, 5, 6, 3], data: values(3, 360) };
    await saveImage(path, samples, { columns: 2 });
    expect(readPng(await readFile(path))).toEqual(imageGrid(samples, { columns: 2 }));
    const single = { pixels: pseudoBytes(4, 90), width: 6, height: 5 };
    for (const image of [{ shape: [5, 6, 3], data: values(4, 90) }, single]) {
      await saveImage(path, image);
      expect(readPng(await readFile(path))).toEqual(single);
    }
  });

  test('copies the values before it returns its promise: they may be freed or overwritten at once', async () => {
    const path = join(folder, 'early.png');
    const data = new Float32Array(4).fill(1);
    const saved = saveImage(path, { shape: [2, 2], data });
    data.fill(-1);
    await saved;
    expect([...readPng(await readFile(path)).pixels]).toEqual([255, 255, 255, 255]);
  });

  test('leaves no file when it refuses its arguments', async () => {
    const path = join(folder, 'none.png');
    const before = await readdir(folder);
    await expect(saveImage(path, { shape: [3, 2], data: new Float32Array(4) })).rejects.toThrow('data has 4');
    await expect(saveImage(path, { pixels: new Uint8Array(3), width: 2, height: 2 })).rejects.toThrow(ShapeError);
    expect(await readdir(folder)).toEqual(before);
  });
});
