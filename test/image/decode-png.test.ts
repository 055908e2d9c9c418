import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { chunk, pngFile } from '../../src/image/chunks.ts';
import { decodePng } from '../../src/image/decode-png.ts';
import { encodePng } from '../../src/image/png.ts';
import { fuzz, SLACK_BYTES } from '../support/mutate.ts';
import { thrownBy } from '../support/thrown.ts';
import { pngTarget } from './png-fuzz.ts';
import { pseudoBytes } from './png-reader.ts';

interface PngCase {
  readonly name: string;
  readonly png: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: string;
}

// Made by test/fixtures/pngs.py.
const cases: readonly PngCase[] = JSON.parse(readFileSync(new URL('../fixtures/pngs.json', import.meta.url), 'utf8'));
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const fixture = (name: string): Uint8Array => bytesOf(cases.find((one) => one.name === name)!.png);

/** A header of 2 x 2 pixels by default; the numbers are depth, colour type, compression, filter and interlacing. */
function header(kind: readonly number[], width = 2, height = 2): Uint8Array {
  const data = new Uint8Array(13);
  new DataView(data.buffer).setUint32(0, width);
  new DataView(data.buffer).setUint32(4, height);
  data.set(kind, 8);
  return chunk('IHDR', data);
}
const GREY = [8, 0, 0, 0, 0];
const PALETTE = [8, 3, 0, 0, 0];
const idat = (raw: Uint8Array): Uint8Array => chunk('IDAT', new Uint8Array(deflateSync(raw)));
const pixels = idat(new Uint8Array(6));
const end = chunk('IEND', new Uint8Array(0));

describe('decodePng', () => {
  it.each(cases)('$name, made by Python: equal pixels', ({ png, width, height, channels, pixels }) => {
    expect(decodePng(bytesOf(png))).toEqual({ width, height, channels, pixels: bytesOf(pixels) });
  });

  it('restores what encodePng wrote, grey and in colour, with both encoders', () => {
    for (const channels of [1, 3] as const) {
      for (const [width, height] of [
        [1, 1],
        [28, 28],
        [100, 3],
      ] as const) {
        const picture = { pixels: pseudoBytes(width, width * height * channels, 9), width, height };
        for (const options of [{}, { compress: (rows: Uint8Array) => new Uint8Array(deflateSync(rows)) }]) {
          const file = encodePng(picture.pixels, width, height, options);
          expect(decodePng(file)).toEqual({ ...picture, channels });
        }
      }
    }
  });

  it('makes colour of grey, and grey of colour by its luma', () => {
    const grey = encodePng(Uint8Array.of(7, 200), 2, 1);
    expect([...decodePng(grey, { channels: 3 }).pixels]).toEqual([7, 7, 7, 200, 200, 200]);
    const colour = encodePng(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9), 4, 1);
    // 0.299, 0.587 and 0.114 of 255.
    expect([...decodePng(colour, { channels: 1 }).pixels]).toEqual([76, 150, 29, 9]);
  });

  it('shows the background through transparent pixels', () => {
    const raw = Uint8Array.of(0, 200, 255, 200, 0, 200, 51);
    const file = pngFile([header([8, 4, 0, 0, 0], 3, 1), idat(raw), end]);
    // Opaque, transparent, and a fifth of 200 over four fifths of the background.
    expect([...decodePng(file).pixels]).toEqual([200, 255, 40 + 204]);
    expect([...decodePng(file, { background: 0 }).pixels]).toEqual([200, 0, 40]);
  });

  it('reads a subarray and an ArrayBuffer', () => {
    const file = encodePng(Uint8Array.of(1, 2), 2, 1);
    const longer = new Uint8Array(file.length + 9);
    longer.set(file, 5);
    expect([...decodePng(longer.subarray(5, 5 + file.length)).pixels]).toEqual([1, 2]);
    expect([...decodePng(file.slice().buffer).pixels]).toEqual([1, 2]);
  });

  it('of an animated PNG, decodes the first picture', () => {
    const file = fixture('colour type 0, 8 bits');
    const animated = pngFile([file.subarray(8, 33), chunk('acTL', new Uint8Array(8)), file.subarray(33)]);
    expect(decodePng(animated)).toEqual(decodePng(file));
  });
});

const flipped = (file: Uint8Array, at: number): Uint8Array => file.map((byte, i) => (i === at ? byte ^ 1 : byte));
const good = encodePng(new Uint8Array(4), 2, 2);

describe('decodePng refuses, with the place of the fault,', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(0), /a PNG begins with the bytes 89 50 4e 47.*; got .*\(at byte 0\)$/],
    ['another format', Uint8Array.from('GIF89a, not a PNG'.split(''), (c) => c.charCodeAt(0)), /got 47 49 46/],
    ['a cut header', good.subarray(0, 20), /the PNG ends in its header \(at byte 20\)/],
    ['another first chunk', pngFile([end, new Uint8Array(20)]), /first chunk .* IHDR with 13 bytes; got "IEND"/],
    ['a damaged header', flipped(good, 17), /chunk "IHDR" is damaged: its CRC-32 differs \(at byte 8\)/],
    ['a width of 0', pngFile([header(GREY, 0)]), /width and height must be .* got 0 x 2 \(at byte 16\)/],
    ['an unknown colour type', pngFile([header([8, 5, 0, 0, 0])]), /the colour type must be .* got 5 \(at byte 25\)/],
    ['wrong bits', pngFile([header([4, 2, 0, 0, 0])]), /colour type 2 .* has 8, 16 bits; got 4 \(at byte 24\)/],
    ['unknown methods', pngFile([header([8, 0, 1, 0, 2])]), /must be 0 and interlacing 0 or 1; got 1, 0 and 2/],
    ['no end', pngFile([header(GREY), pixels]), /ends before its IEND chunk/],
    ['a cut chunk', good.subarray(0, 45), /chunk "IDAT" has \d+ bytes, more than follow \(at byte 33\)/],
    ['bytes behind', pngFile([good.subarray(8), new Uint8Array(3)]), /3 bytes follow the end of the PNG/],
    ['no pixels', pngFile([header(GREY), end]), /has no IDAT chunk/],
    [
      'pixels in two places',
      pngFile([header(GREY), pixels, chunk('tEXt', new Uint8Array(1)), pixels, end]),
      /IDAT chunks must/,
    ],
    ['a full IEND', pngFile([header(GREY), pixels, chunk('IEND', new Uint8Array(1))]), /IEND must be empty; it has 1/],
    [
      'a needed chunk',
      pngFile([header(GREY), chunk('CgBI', new Uint8Array(4)), pixels, end]),
      /"CgBI" is unknown, but needed/,
    ],
    [
      'a name of controls',
      pngFile([header(GREY), chunk('\u001b\u0007AB', new Uint8Array(4))]),
      /chunk "\\u001b\\u0007AB" is unknown/,
    ],
    ['no palette', pngFile([header(PALETTE), pixels, end]), /colour type 3 needs a PLTE chunk/],
    ['a palette for grey', pngFile([header(GREY), chunk('PLTE', new Uint8Array(3))]), /grey PNG must not have a PLTE/],
    [
      'half a colour',
      pngFile([header(PALETTE), chunk('PLTE', new Uint8Array(4))]),
      /PLTE must have 3 bytes for .* has 4/,
    ],
    [
      'too many colours',
      pngFile([header([1, 3, 0, 0, 0]), chunk('PLTE', new Uint8Array(9))]),
      /1 to 2 colours; it has 9/,
    ],
    [
      'a late palette',
      pngFile([header([8, 2, 0, 0, 0]), pixels, chunk('PLTE', new Uint8Array(3))]),
      /PLTE must come once/,
    ],
    [
      'a colour outside',
      pngFile([header(PALETTE), chunk('PLTE', new Uint8Array(3)), idat(new Uint8Array(6).fill(1)), end]),
      /colour 1 of a palette of 1/,
    ],
    ['tRNS before PLTE', pngFile([header(PALETTE), chunk('tRNS', new Uint8Array(1))]), /tRNS must come after PLTE/],
    [
      'a long tRNS',
      pngFile([header(PALETTE), chunk('PLTE', new Uint8Array(3)), chunk('tRNS', new Uint8Array(2))]),
      /1 to 1 bytes/,
    ],
    ['a short tRNS', pngFile([header(GREY), chunk('tRNS', new Uint8Array(1))]), /tRNS must have 2 bytes; it has 1/],
    [
      'tRNS beside alpha',
      pngFile([header([8, 4, 0, 0, 0]), chunk('tRNS', new Uint8Array(2))]),
      /with alpha must not have/,
    ],
    ['an unknown filter', pngFile([header(GREY), idat(new Uint8Array(6).fill(5)), end]), /filter 5 is unknown/],
    ['too few rows', pngFile([header(GREY), idat(new Uint8Array(5)), end]), /unpacks to 5 bytes; expected 6/],
    ['too many rows', pngFile([header(GREY), idat(new Uint8Array(7)), end]), /unpacks to more than 6 bytes/],
    ['no zlib data', pngFile([header(GREY), chunk('IDAT', new Uint8Array(9)), end]), /a wrong header \(at byte 41\)/],
    ['a bomb', pngFile([header(GREY), idat(new Uint8Array(2 ** 22)), end]), /unpacks to more than 6 bytes/],
    [
      'a claim that its data cannot fill',
      pngFile([header(GREY, 4096, 4096), pixels, end]),
      /take 16781312 bytes, more than \d+ bytes of zlib/,
    ],
    [
      'a huge claim',
      pngFile([header(GREY, 2 ** 30, 2 ** 30), pixels, end]),
      /are more pixels than maxPixels = 16777216/,
    ],
  ])('%s', (_, file, message) => {
    const error = thrownBy(FormatError, () => decodePng(file));
    expect(error.message).toMatch(/^decodePng: .*\(at byte \d+\)$/);
    expect(error.message).toMatch(message);
  });

  it('more pixels than maxPixels', () => {
    expect(decodePng(good, { maxPixels: 4 }).width).toBe(2);
    expect(thrownBy(FormatError, () => decodePng(good, { maxPixels: 3 })).message).toContain('maxPixels = 3');
  });

  it('options out of range', () => {
    for (const options of [{ channels: 2 }, { background: 256 }, { maxPixels: 0 }]) {
      expect(() => decodePng(good, options as object)).toThrow(ArgumentError);
    }
  });
});

// The long run is made by hand: npx tsx test/support/fuzz.ts png 1000000 7
it('10,000 damaged PNGs are either decoded or refused with a FormatError (seed 20261124)', () => {
  const { accepted, rejected, complaints, largestExcess, slowestMilliseconds } = fuzz(pngTarget, 10_000, 20261124);
  expect(accepted + rejected).toBe(10_000);
  expect(accepted).toBeGreaterThan(300);
  expect(complaints.size).toBeGreaterThan(40);
  expect(largestExcess).toBeLessThan(SLACK_BYTES);
  expect(slowestMilliseconds).toBeLessThan(2000);
}, 110_000);
