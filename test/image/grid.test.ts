import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/core/errors.ts';
import { imageGrid } from '../../src/image/grid.ts';

describe('imageGrid', () => {
  test('is the inverse of b / 127.5 - 1 in float32, for every byte', () => {
    const data = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);
    const { pixels } = imageGrid({ shape: [1, 16, 16, 1], data }, { margin: 0 });
    expect([...pixels]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  });

  test('places images row by row, with a margin between and around, and the background in empty places', () => {
    // Three 1 x 2 images, black and white, in two columns.
    const data = Float32Array.of(-1, 1, 1, -1, 1, 1);
    const grid = imageGrid({ shape: [3, 1, 2], data }, { columns: 2, margin: 1, background: 9 });
    expect([grid.width, grid.height]).toEqual([7, 5]);
    expect(Array.from({ length: 5 }, (_, y) => [...grid.pixels.subarray(7 * y, 7 * y + 7)])).toEqual([
      [9, 9, 9, 9, 9, 9, 9],
      [9, 0, 255, 9, 255, 0, 9],
      [9, 9, 9, 9, 9, 9, 9],
      [9, 255, 255, 9, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9],
    ]);
  });

  test('places images in colour in the same way, red, green and blue of a pixel together', () => {
    // Two 1 x 1 images: red and cyan.
    const data = Float32Array.of(1, -1, -1, -1, 1, 1);
    const grid = imageGrid({ shape: [2, 1, 1, 3], data }, { margin: 1, background: 9 });
    expect([grid.width, grid.height]).toEqual([5, 3]);
    const nines = (count: number): number[] => new Array<number>(count).fill(9);
    expect([...grid.pixels]).toEqual([...nines(18), 255, 0, 0, ...nines(3), 0, 255, 255, ...nines(3 + 15)]);
  });

  test('has four columns, margin 2 and black by default; is narrower if there are fewer images than columns', () => {
    const grid = imageGrid({ shape: [16, 28, 28, 1], data: new Float32Array(16 * 784) });
    expect([grid.width, grid.height, grid.pixels[0]]).toEqual([122, 122, 0]);
    const narrow = imageGrid({ shape: [3, 28, 28, 1], data: new Float32Array(3 * 784) });
    expect([narrow.width, narrow.height]).toEqual([92, 32]);
  });

  test('clips values outside [-1, 1], also infinities; refuses NaN and says where it is', () => {
    const data = Float32Array.of(-3, -1.0001, 1.0001, 7, -Infinity, Infinity);
    expect([...imageGrid({ shape: [1, 2, 3, 1], data }, { margin: 0 }).pixels]).toEqual([0, 0, 255, 255, 0, 255]);
    const broken = Float32Array.of(0, 0, 0, Number.NaN);
    expect(() => imageGrid({ shape: [1, 2, 2, 1], data: broken })).toThrow(ArgumentError);
    expect(() => imageGrid({ shape: [1, 2, 2, 1], data: broken })).toThrow('samples.data[3] is NaN');
  });

  test('scale makes a square of each pixel, of the margin too, in grey and in colour', () => {
    const grey = imageGrid({ shape: [1, 1, 2], data: Float32Array.of(-1, 1) }, { margin: 1, background: 9, scale: 2 });
    expect([grey.width, grey.height]).toEqual([8, 6]);
    const [edge, middle] = [new Array<number>(8).fill(9), [9, 9, 0, 0, 255, 255, 9, 9]];
    expect([...grey.pixels]).toEqual([edge, edge, middle, middle, edge, edge].flat());
    const data = Float32Array.of(1, -1, -1, -1, 1, 1);
    const colour = imageGrid({ shape: [2, 1, 1, 3], data }, { margin: 0, scale: 3 });
    expect([colour.width, colour.height]).toEqual([6, 3]);
    const row = [255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 0, 255, 255, 0, 255, 255];
    expect([...colour.pixels]).toEqual([...row, ...row, ...row]);
  });

  test('refuses a picture of more than 2^30 pixels before allocating it', () => {
    const samples = { shape: [30_000, 1, 1], data: new Float32Array(30_000) };
    expect(() => imageGrid(samples, { columns: 100, margin: 4096 })).toThrow('too large');
    const wide = { shape: [1, 600, 600], data: new Float32Array(600 * 600) };
    expect(() => imageGrid(wide, { scale: 64 })).toThrow('a picture of 38656 x 38656 pixels is too large');
  });
});
