import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { encodeIdx, type IdxArray, parseIdx } from '../../src/data/idx.ts';
import { thrownBy } from '../support/thrown.ts';

/** Bytes written by hand from the description of the format: header, then two's complement or IEEE 754, big-endian. */
const files: { type: string; bytes: number[]; expected: IdxArray }[] = [
  {
    type: 'uint8',
    bytes: [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 127, 128, 254, 255],
    expected: { type: 'uint8', shape: [2, 3], data: Uint8Array.of(0, 1, 127, 128, 254, 255) },
  },
  {
    type: 'int8',
    bytes: [0, 0, 0x09, 1, 0, 0, 0, 3, 0x7f, 0x80, 0xff],
    expected: { type: 'int8', shape: [3], data: Int8Array.of(127, -128, -1) },
  },
  {
    type: 'int16',
    bytes: [0, 0, 0x0b, 1, 0, 0, 0, 3, 0x01, 0x02, 0x80, 0x00, 0xff, 0xfe],
    expected: { type: 'int16', shape: [3], data: Int16Array.of(258, -32768, -2) },
  },
  {
    type: 'int32',
    bytes: [0, 0, 0x0c, 1, 0, 0, 0, 2, 0x01, 0x02, 0x03, 0x04, 0xff, 0xff, 0xff, 0xfe],
    expected: { type: 'int32', shape: [2], data: Int32Array.of(16909060, -2) },
  },
  {
    type: 'float32',
    bytes: [0, 0, 0x0d, 1, 0, 0, 0, 3, 0x3f, 0xc0, 0, 0, 0xff, 0x80, 0, 0, 0, 0, 0, 1],
    expected: { type: 'float32', shape: [3], data: Float32Array.of(1.5, -Infinity, 2 ** -149) },
  },
  {
    type: 'float64',
    bytes: [0, 0, 0x0e, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xc0, 0x04, 0, 0, 0, 0, 0, 1],
    expected: { type: 'float64', shape: [1, 1, 1], data: Float64Array.of(-(2.5 + 2 ** -51)) },
  },
];

describe('parseIdx and encodeIdx', () => {
  it.each(files)('read and write $type like the bytes written by hand', ({ bytes, expected }) => {
    expect(parseIdx(Uint8Array.from(bytes))).toStrictEqual(expected);
    expect([...encodeIdx(expected)]).toEqual(bytes);
  });

  it.each(files)('read $type at an odd offset of a larger buffer, and from a Buffer', ({ bytes, expected }) => {
    const larger = new Uint8Array(bytes.length + 4).fill(0xaa);
    larger.set(bytes, 3);
    expect(parseIdx(larger.subarray(3, 3 + bytes.length))).toStrictEqual(expected);
    expect(parseIdx(Buffer.from(bytes))).toStrictEqual(expected);
  });

  it('convert values like DataView, which reads big-endian on any machine', () => {
    let state = 1;
    const random = Uint8Array.from({ length: 800 }, () => (state = (state * 48271) % 2147483647) & 255);
    const view = new DataView(random.buffer);
    const header = (code: number, width: number): number[] => [0, 0, code, 1, 0, 0, 0, 800 / width];
    const parse = (code: number, width: number): IdxArray =>
      parseIdx(Uint8Array.from([...header(code, width), ...random]));
    for (let i = 0; i < 100; i++) {
      // toBe is Object.is: a NaN equals a NaN, -0 differs from 0.
      expect(parse(0x0e, 8).data[i]).toBe(view.getFloat64(8 * i));
      expect(parse(0x0d, 4).data[i]).toBe(view.getFloat32(4 * i));
      expect(parse(0x0c, 4).data[i]).toBe(view.getInt32(4 * i));
    }
  });

  it('keeps 8-bit data as a view, and copies wider data', () => {
    const small = Uint8Array.from(files[0]!.bytes);
    expect(parseIdx(small).data.buffer).toBe(small.buffer);
    const wide = Uint8Array.from(files[2]!.bytes);
    expect(parseIdx(wide).data.buffer).not.toBe(wide.buffer);
  });

  it('takes an axis of size 0, even beside huge ones', () => {
    const bytes = Uint8Array.of(0, 0, 0x0d, 3, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255);
    expect(parseIdx(bytes)).toStrictEqual({
      type: 'float32',
      shape: [4294967295, 0, 4294967295],
      data: new Float32Array(0),
    });
  });
});

describe('parseIdx refuses', () => {
  const size = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  const huge = size(0xffffffff);
  const cases: readonly (readonly [name: string, bytes: number[], offset: number, says: RegExp])[] = [
    ['nothing', [], 0, /has at least 4 bytes; got 0/],
    ['three bytes', [0, 0, 8], 3, /has at least 4 bytes; got 3/],
    ['a first byte that is not 0', [1, 0, 8, 1, ...size(0)], 0, /got 01 00/],
    ['a second byte that is not 0', [0, 8, 8, 1, ...size(0)], 0, /got 00 08/],
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0], 0, /1f 8b.*gzip.*readIdxFile/],
    ['type code 0', [0, 0, 0, 1, ...size(0)], 2, /type code 00; expected one of 08 uint8/],
    ['type code 0a', [0, 0, 10, 1, ...size(0)], 2, /type code 0a/],
    ['type code 0f', [0, 0, 15, 1, ...size(0)], 2, /type code 0f/],
    ['rank 0', [0, 0, 8, 0, 7], 3, /rank 0; expected 1 to 8/],
    ['rank 9', [0, 0, 8, 9, ...Array(9).fill(size(1)).flat(), 7], 3, /rank 9/],
    ['rank 255', [0, 0, 8, 255], 3, /rank 255/],
    ['a cut header', [0, 0, 8, 2, ...size(1), 0, 0, 0], 11, /rank 2 ends at byte 12, but the file has only 11/],
    ['no values', [0, 0, 8, 1, ...size(5)], 8, /takes 5 bytes of values, but only 0 follow/],
    ['a value short', [0, 0, 8, 1, ...size(3), 1, 2], 10, /takes 3 bytes.*only 2/],
    ['half a value', [0, 0, 11, 1, ...size(2), 1, 2, 3], 11, /takes 4 bytes.*only 3/],
    ['a byte too many', [0, 0, 8, 1, ...size(1), 1, 2], 9, /takes 1 bytes.*2 follow: too many/],
    ['a byte after no values', [0, 0, 14, 1, ...size(0), 1], 8, /takes 0 bytes.*too many/],
    ['4 GiB in 8 bytes', [0, 0, 14, 1, ...huge], 8, /takes 34359738360 bytes/],
    // 2^32 * 2^32 is 0 modulo 2^64 and 65536 * 65536 is 0 modulo 2^32, so a product that wraps would match 0 bytes.
    ['sizes that wrap at 2^32', [0, 0, 8, 2, ...size(65536), ...size(65536)], 12, /4294967296 bytes/],
    [
      'sizes that wrap at 2^64',
      [0, 0, 8, 4, ...Array(4).fill(size(65536)).flat()],
      20,
      /takes 18446744073709552000 bytes/,
    ],
    ['the largest sizes of all', [0, 0, 14, 8, ...Array(8).fill(huge).flat()], 36, /e\+77 bytes/],
  ];

  it.each(cases)('%s, with the offset', (_, bytes, offset, says) => {
    const error = thrownBy(FormatError, () => parseIdx(Uint8Array.from(bytes)));
    expect(error.offset).toBe(offset);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^parseIdx: .*\(at byte \d+\)$/);
  });

  it('every proper prefix of a file, and every file with a byte appended', () => {
    for (const { type, bytes } of files) {
      for (let length = 0; length < bytes.length; length++) {
        const prefix = Uint8Array.from(bytes.slice(0, length));
        expect(() => parseIdx(prefix), `${type}, the first ${length} bytes`).toThrow(FormatError);
      }
      expect(() => parseIdx(Uint8Array.from([...bytes, 0])), type).toThrow(FormatError);
    }
  });

  it('only with a FormatError, whichever byte is changed to whichever value', () => {
    let refused = 0;
    for (const { type, bytes } of files) {
      for (let at = 0; at < bytes.length; at++) {
        for (let value = 0; value < 256; value++) {
          const outcome = failure(() => parseIdx(Uint8Array.from(replaced(bytes, at, value))));
          const name = `${type}, byte ${at} set to ${value}`;
          if (outcome !== undefined) {
            expect(outcome, name).toBeInstanceOf(FormatError);
            refused++;
          } else if (value !== bytes[at]) {
            // Changes of a value are accepted, and so are changes to a type of the same width (uint8 and int8, int32
            // and float32).
            const header = 4 + 4 * bytes[3]!;
            expect(at >= header || at === 2, name).toBe(true);
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});

describe('parseIdx', () => {
  it('reads an ArrayBuffer, such as fetch() gives, and refuses a detached one', () => {
    const { buffer } = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
    expect(parseIdx(buffer)).toEqual({ type: 'uint8', shape: [2], data: Uint8Array.of(7, 9) });
    structuredClone(buffer, { transfer: [buffer] });
    expect(failure(() => parseIdx(buffer))).toBeInstanceOf(ArgumentError);
    expect(failure(() => parseIdx(new Uint8Array(buffer.byteLength)))).toBeInstanceOf(FormatError);
  });
});

describe('encodeIdx refuses', () => {
  const data = Uint8Array.of(1, 2);
  it.each([
    { name: 'rank 9', array: { type: 'uint8', shape: [2, 1, 1, 1, 1, 1, 1, 1, 1], data }, says: /shape must be/ },
    {
      name: 'a size of 2^32',
      array: { type: 'uint8', shape: [2 ** 32, 0], data: data.subarray(2) },
      says: /shape must be/,
    },
  ])('$name', ({ array, says }) => {
    const error = failure(() => Reflect.apply(encodeIdx, undefined, [array]));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ message: expect.stringMatching(says) });
  });
});

describe('the digits in examples/data', () => {
  const read = (name: string): Buffer =>
    gunzipSync(readFileSync(new URL(`../../examples/data/${name}.gz`, import.meta.url)));
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  it('are 10,000 distinct images of 28 x 28 with the hash that make-data.ts printed', () => {
    const bytes = read('images-idx3-ubyte');
    const { type, shape, data } = parseIdx(bytes);
    expect({ type, shape }).toEqual({ type: 'uint8', shape: [10_000, 28, 28] });
    expect(sha256(bytes)).toBe('c2dfb5a47b1376ecdb32ef7958e2c1926d06d4ede921347c36c1533008103ee9');
    const hashes = Array.from({ length: 10_000 }, (_, i) => sha256(bytes.subarray(16 + 784 * i, 16 + 784 * (i + 1))));
    expect(new Set(hashes).size).toBe(10_000);
    expect(hashes).toEqual([...hashes].sort());
    // The mean of MNIST's training set is 33.3 (0.1307 x 255). Its standard error over 10,000 images is about 0.1.
    let sum = 0;
    for (const value of data) sum += value;
    expect(Math.abs(sum / data.length - 33.3)).toBeLessThan(0.5);
  });

  it("have labels 0 to 9 in MNIST's proportions, shuffled", () => {
    const bytes = read('labels-idx1-ubyte');
    const { type, shape, data } = parseIdx(bytes);
    expect({ type, shape }).toEqual({ type: 'uint8', shape: [10_000] });
    expect(sha256(bytes)).toBe('f35ed7a9d4cc51b7e32ce5b0e4029094acfaab61ccfdce5086cf5ffc410db265');
    const counts: number[] = Array(10).fill(0);
    for (const label of data) counts[label]!++;
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(new Set(data.subarray(0, 100)).size).toBe(10);
  });
});

function replaced(bytes: number[], at: number, value: number): number[] {
  const copy = [...bytes];
  copy[at] = value;
  return copy;
}

function failure(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
