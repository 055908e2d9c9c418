import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/core/errors.ts';
import { shrinkImage } from '../../src/image/resize.ts';
import { pseudoBytes } from './png-reader.ts';

describe('shrinkImage', () => {
  test('takes the mean of each block for a whole factor; changes nothing at the old size', () => {
    const pixels = Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70);
    expect([...shrinkImage(pixels, 4, 2, 2, 1).pixels]).toEqual([25, 45]);
    expect([...shrinkImage(pixels, 4, 2, 4, 2).pixels]).toEqual([...pixels]);
  });

  test('weighs pixels by the covered area for a fractional factor: three pixels to two', () => {
    // (90 + 0.5 * 30) / 1.5 = 70 and (0.5 * 30 + 240) / 1.5 = 170.
    expect([...shrinkImage(Uint8Array.of(90, 30, 240), 3, 1, 2, 1).pixels]).toEqual([70, 170]);
    expect([...shrinkImage(Uint8Array.of(90, 30, 240), 1, 3, 1, 2).pixels]).toEqual([70, 170]);
  });

  test('treats each channel of a colour picture as a picture of its own', () => {
    const channels = [1, 2, 3].map((seed) => pseudoBytes(seed, 35));
    const together = Uint8Array.from({ length: 105 }, (_, i) => channels[i % 3]![Math.floor(i / 3)]!);
    const { pixels } = shrinkImage(together, 7, 5, 3, 2);
    for (const [c, one] of channels.entries()) {
      expect(pixels.filter((_, i) => i % 3 === c)).toEqual(shrinkImage(one, 7, 5, 3, 2).pixels);
    }
  });

  test('keeps the mean grey within half a level, and a flat picture flat', () => {
    const mean = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    for (let size = 1; size <= 28; size++) {
      const pixels = pseudoBytes(size, 784);
      const small = shrinkImage(pixels, 28, 28, size, size);
      expect(Math.abs(mean(small.pixels) - mean(pixels)), `seed ${size}`).toBeLessThanOrEqual(0.5);
      const flat = shrinkImage(new Uint8Array(784).fill(77), 28, 28, size, 29 - size).pixels;
      expect(
        flat.every((byte) => byte === 77),
        `size ${size}`,
      ).toBe(true);
    }
  });

  test('refuses to enlarge and refuses sizes that do not fit', () => {
    expect(() => shrinkImage(new Uint8Array(4), 2, 2, 3, 1)).toThrow(ArgumentError);
    expect(() => shrinkImage(new Uint8Array(4), 2, 2, 1, 0)).toThrow('newHeight must be');
    expect(() => shrinkImage(new Uint8Array(5), 2, 2, 1, 1)).toThrow(ShapeError);
  });
});
