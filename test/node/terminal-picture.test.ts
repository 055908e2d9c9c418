import { describe, expect, test } from 'vitest';
import { layOut, samplePicture } from '../../src/node/terminal-picture.ts';
import { pseudoBytes } from '../image/png-reader.ts';

describe('layOut', () => {
  test('full size and squarest where there is room', () => {
    expect(layOut(16, 28, 28, 200, 200)).toEqual({ count: 16, columns: 4, width: 28, height: 28 });
    expect(layOut(16, 28, 28, 117, 117)).toEqual({ count: 16, columns: 4, width: 28, height: 28 });
  });

  test('in 79 x 21 characters: eight digits of 18 x 18 rather than sixteen too small ones', () => {
    expect(layOut(16, 28, 28, 79, 42)).toEqual({ count: 8, columns: 4, width: 18, height: 18 });
  });

  test('always fits, never below 16 of 28 pixels, undefined where not one fits', () => {
    for (let width = 1; width < 130; width += 3) {
      for (let height = 2; height < 130; height += 4) {
        const layout = layOut(16, 28, 28, width, height);
        const what = `${width} x ${height}`;
        if (layout === undefined) {
          expect(Math.min(width, height), what).toBeLessThan(18);
          continue;
        }
        expect(layout.columns * (layout.width + 1) + 1, what).toBeLessThanOrEqual(width);
        expect(Math.ceil(layout.count / layout.columns) * (layout.height + 1) + 1, what).toBeLessThanOrEqual(height);
        expect(layout.width, what).toBeGreaterThanOrEqual(16);
        expect(layout.width, what).toBeLessThanOrEqual(28);
      }
    }
  });
});

describe('samplePicture', () => {
  const data = Float32Array.from(pseudoBytes(1, 16 * 784), (byte) => byte / 127.5 - 1);
  const samples = { shape: [16, 28, 28, 1], data };

  test('lines have one width and fit', () => {
    for (const [columns, lines] of [
      [79, 21],
      [200, 60],
      [30, 16],
      [18, 9],
    ] as const) {
      const { lines: picture, width } = samplePicture(samples, columns, lines, 'none');
      expect(picture[0]!.length).toBe(width);
      expect(picture.length).toBeGreaterThan(0);
      expect(picture.length).toBeLessThanOrEqual(lines);
      expect(new Set(picture.map((line) => line.length)).size).toBe(1);
      expect(picture[0]!.length).toBeLessThanOrEqual(columns);
    }
  });

  test('is empty where nothing fits', () => {
    expect(samplePicture(samples, 17, 40, 'none').lines).toEqual([]);
    expect(samplePicture(samples, 80, 3, 'none').lines).toEqual([]);
    expect(samplePicture(samples, 80, -1, 'none').lines).toEqual([]);
  });

  test('images in colour keep their colours', () => {
    const red = { shape: [1, 8, 8, 3], data: Float32Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? 1 : -1)) };
    expect(samplePicture(red, 20, 10, 'truecolor').lines[1]).toContain('38;2;255;0;0;48;2;255;0;0m');
  });

  test('each image stands in its own place: the k-th of four flat greys has the k-th density', () => {
    const greys = Float32Array.from({ length: 4 * 784 }, (_, i) => [-1, -0.3, 0.3, 1][Math.floor(i / 784)]!);
    const { lines: picture } = samplePicture({ shape: [4, 28, 28, 1], data: greys }, 70, 17, 'none');
    // Line 5 lies within the images; the densities of greys 0, 89, 166, 255 are characters 0, 3, 6, 9 of ' .:-=+*#%@'.
    expect(picture[5]!.replace(/(.)\1+/g, '$1')).toBe(' - * @ ');
  });
});
