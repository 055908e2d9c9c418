import { describe, expect, test } from 'vitest';
import { halfBlocks } from '../../src/image/half-blocks.ts';
import { pseudoBytes } from './png-reader.ts';

/** Reads the colour sequences: the grey levels [upper, lower] of each cell, undefined for the terminal's own colour. */
function readCells(line: string): [number | undefined, number | undefined][] {
  const cells: [number | undefined, number | undefined][] = [];
  let upper: number | undefined;
  let lower: number | undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  for (const [token, codes] of line.matchAll(/\x1b\[([\d;]*)m|./gu)) {
    if (codes === undefined) {
      expect(token).toBe('▀');
      cells.push([upper, lower]);
      continue;
    }
    const numbers = codes.split(';').map(Number);
    while (numbers.length > 0) {
      const kind = numbers.shift();
      if (kind === 0) {
        upper = lower = undefined;
        continue;
      }
      const level = numbers.shift() === 2 ? numbers.splice(0, 3) : numbers.splice(0, 1);
      expect(new Set(level).size, 'red, green and blue are equal').toBe(1);
      if (kind === 38) upper = level[0];
      else if (kind === 48) lower = level[0];
      else expect.fail(`unexpected code ${kind}`);
    }
  }
  return cells;
}

describe('halfBlocks', () => {
  test('shows each pixel in true colour, the upper as foreground, the lower as background', () => {
    for (const [width, height] of [
      [1, 1],
      [5, 2],
      [7, 3],
      [28, 28],
    ] as const) {
      const pixels = pseudoBytes(width, width * height, 3).map((level) => level * 100);
      const lines = halfBlocks(pixels, width, height).split('\n');
      expect(lines.length).toBe(Math.ceil(height / 2));
      lines.forEach((line, row) => {
        const expected = Array.from({ length: width }, (_, x) => [
          pixels[2 * row * width + x],
          2 * row + 1 < height ? pixels[(2 * row + 1) * width + x] : undefined,
        ]);
        expect(readCells(line), `${width} x ${height}, line ${row}`).toEqual(expected);
        expect(line.endsWith('\x1b[0m')).toBe(true);
      });
    }
  });

  test('writes a colour only where it changes', () => {
    expect(halfBlocks(Uint8Array.of(7, 7, 7, 9, 9, 8), 3, 2)).toBe(
      '\x1b[38;2;7;7;7;48;2;9;9;9m▀▀\x1b[48;2;8;8;8m▀\x1b[0m',
    );
  });

  test('uses 16 for black, 231 for white, and 232 + i for the grey 8 + 10 i in 256 colours', () => {
    const codes = [0, 8, 18, 128, 238, 255].map(
      (level) => readCells(halfBlocks(Uint8Array.of(level), 1, 1, { color: '256' }))[0]![0],
    );
    expect(codes).toEqual([16, 232, 233, 244, 255, 231]);
  });

  test('shows colours: red, green and blue, or the nearest of the cube of 6 x 6 x 6', () => {
    const pixels = Uint8Array.of(255, 0, 10, 1, 2, 3);
    expect(halfBlocks(pixels, 1, 2)).toBe('\x1b[38;2;255;0;10;48;2;1;2;3m▀\x1b[0m');
    // Levels of the cube: 0, 95, 135, 175, 215, 255. Halves between the first two: 47 and 48.
    const cube = (red: number, green: number, blue: number): string =>
      halfBlocks(Uint8Array.of(red, green, blue), 1, 1, { color: '256' });
    expect(cube(255, 0, 135)).toBe(`\x1b[38;5;${16 + 36 * 5 + 2}m▀\x1b[0m`);
    expect(cube(47, 48, 194)).toBe(`\x1b[38;5;${16 + 6 + 3}m▀\x1b[0m`);
    // Equal numbers are grey, and have more levels there.
    expect(cube(128, 128, 128)).toBe('\x1b[38;5;244m▀\x1b[0m');
    // 0.299, 0.587 and 0.114 of 255 are 76, 150 and 29 of 256: characters 2, 5 and 1 of ten.
    const primaries = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255);
    const twice = Uint8Array.of(...primaries, ...primaries);
    expect(halfBlocks(twice, 3, 2, { color: 'none' })).toBe(':+.');
  });

  test('writes no escape sequence without colours, and denser characters for lighter pairs', () => {
    // Means 0, 255, 127.5 and 100 are 0, 9.96, 4.98 and 3.9 tenths of 256: characters 0, 9, 4 and 3 of ten.
    const pixels = Uint8Array.of(0, 255, 255, 128, 0, 255, 0, 72);
    expect(halfBlocks(pixels, 4, 2, { color: 'none' })).toBe(' @=-');
  });
});
