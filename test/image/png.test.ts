import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/core/errors.ts';
import { encodePng } from '../../src/image/png.ts';
import { pseudoBytes, readChunks, readPng } from './png-reader.ts';
import { untyped } from './untyped.ts';

describe('encodePng', () => {
  test('writes a file that an independent reader restores, with the built-in encoder and with zlib', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 9],
      [9, 1],
      [28, 28],
      [122, 122],
      [300, 7],
    ] as const) {
      // Grey, and colour.
      for (const [channels, levels] of [1, 3].flatMap((one) => [1, 2, 256].map((levels) => [one, levels] as const))) {
        const pixels = pseudoBytes(width * 1000 + height, width * height * channels, levels);
        for (const options of [{}, { compress: (rows: Uint8Array) => new Uint8Array(deflateSync(rows)) }]) {
          const picture = readPng(encodePng(pixels, width, height, options));
          const what = `${width} x ${height}, ${channels} channels, ${levels} levels`;
          expect([picture.width, picture.height], what).toEqual([width, height]);
          expect(Buffer.compare(picture.pixels, pixels), what).toBe(0);
        }
      }
    }
  });

  test('has exactly the chunks IHDR, IDAT, IEND', () => {
    expect(readChunks(encodePng(new Uint8Array(6), 3, 2)).map((one) => one.type)).toEqual(['IHDR', 'IDAT', 'IEND']);
  });

  test('refuses wrong sizes and types, and names the argument, the value and what was expected', () => {
    const pixels = new Uint8Array(6);
    expect(() => encodePng(pixels, 3, 3)).toThrow(ShapeError);
    expect(() => encodePng(pixels, 3, 3)).toThrow(
      'pixels has 6 bytes; a picture of width 3 and height 3 needs 9 in grey or 27 in colour',
    );
    expect(() => encodePng(pixels, 0, 6)).toThrow('width must be a whole number from 1 to 2147483647; got 0');
    expect(() => encodePng(pixels, 6, 1.5)).toThrow('height must be');
    expect(() => encodePng(pixels, Number.NaN, 1)).toThrow(ArgumentError);
    expect(() => untyped(encodePng, [0, 0], 2, 1)).toThrow(
      'pixels must be a Uint8Array with one or three bytes for each pixel; got [0, 0]',
    );
    expect(() => untyped(encodePng, pixels, '3', 2)).toThrow('got "3"');
    expect(() => untyped(encodePng, pixels, 3, 2, { compress: () => 'x' })).toThrow('returns a zlib stream');
  });
});
