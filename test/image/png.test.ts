import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodePng } from '../../src/image/png.ts';
import { pseudoBytes, readChunks, readPng } from './png-reader.ts';

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
});
