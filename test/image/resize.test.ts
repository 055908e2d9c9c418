import { describe, expect, test } from 'vitest';
import { cropAndResize, resizeImage } from '../../src/image/resize.ts';
import { pseudoBytes } from './png-reader.ts';

describe('resizeImage', () => {
  test('takes the mean of each block for a whole factor; changes nothing at the old size', () => {
    const pixels = Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70);
    expect([...resizeImage(pixels, 4, 2, 2, 1).pixels]).toEqual([25, 45]);
    expect([...resizeImage(pixels, 4, 2, 4, 2).pixels]).toEqual([...pixels]);
  });

  test('weighs pixels by the covered area for a fractional factor: three pixels to two', () => {
    // (90 + 0.5 * 30) / 1.5 = 70 and (0.5 * 30 + 240) / 1.5 = 170.
    expect([...resizeImage(Uint8Array.of(90, 30, 240), 3, 1, 2, 1).pixels]).toEqual([70, 170]);
    expect([...resizeImage(Uint8Array.of(90, 30, 240), 1, 3, 1, 2).pixels]).toEqual([70, 170]);
  });

  test('treats each channel of a colour picture as a picture of its own', () => {
    const channels = [1, 2, 3].map((seed) => pseudoBytes(seed, 35));
    const together = Uint8Array.from({ length: 105 }, (_, i) => channels[i % 3]![Math.floor(i / 3)]!);
    const { pixels } = resizeImage(together, 7, 5, 3, 2);
    for (const [c, one] of channels.entries()) {
      expect(pixels.filter((_, i) => i % 3 === c)).toEqual(resizeImage(one, 7, 5, 3, 2).pixels);
    }
  });

  test('keeps the mean grey within half a level, and a flat picture flat', () => {
    const mean = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    for (let size = 1; size <= 28; size++) {
      const pixels = pseudoBytes(size, 784);
      const small = resizeImage(pixels, 28, 28, size, size);
      expect(Math.abs(mean(small.pixels) - mean(pixels)), `seed ${size}`).toBeLessThanOrEqual(0.5);
      const flat = resizeImage(new Uint8Array(784).fill(77), 28, 28, size, 29 - size).pixels;
      expect(
        flat.every((byte) => byte === 77),
        `size ${size}`,
      ).toBe(true);
    }
  });

  test('enlarges: a new pixel lies in one old pixel, or has a part of two', () => {
    expect([...resizeImage(Uint8Array.of(10, 90), 2, 1, 4, 2).pixels]).toEqual([10, 10, 90, 90, 10, 10, 90, 90]);
    expect([...resizeImage(Uint8Array.of(10, 90), 2, 1, 3, 1).pixels]).toEqual([10, 50, 90]);
  });

  test('cropAndResize cuts the longer sides evenly, in colour too', () => {
    const grey = { pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), width: 5, height: 2, channels: 1 } as const;
    expect(cropAndResize(grey, 2, 2)).toEqual({ pixels: Uint8Array.of(2, 3, 7, 8), width: 2, height: 2, channels: 1 });
    const colour = {
      pixels: Uint8Array.of(...[1, 2, 3], ...[4, 5, 6], ...[7, 8, 9]),
      width: 1,
      height: 3,
      channels: 3,
    } as const;
    expect(cropAndResize(colour, 1, 1).pixels).toEqual(Uint8Array.of(4, 5, 6));
    // 100 x 1 pixels keep one column of each hundred rows.
    expect(cropAndResize({ ...grey, width: 10, height: 1 }, 1, 100).pixels).toEqual(new Uint8Array(100).fill(5));
  });
});
