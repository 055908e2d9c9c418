/** NumPy's files: what numpy has written is read, what we write has its format, damaged files are refused. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/compression/checksum.ts';
import { decodeZip, encodeZip } from '../../src/compression/zip.ts';
import {
  createRandom,
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  FormatError,
  ones,
  tensor,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { fuzz, SLACK_BYTES } from '../support/mutate.ts';
import { thrownBy } from '../support/thrown.ts';
import { npzTarget } from './npy-fuzz.ts';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const upTo = (count: number, of: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => of(i));

// test/fixtures/numpy_files.py made the two files with NumPy 1.24.
describe.each(['numpy.npz', 'numpy-compressed.npz'])('%s, by NumPy', (name) => {
  const tensors = decodeNpz(fixture(name));
  it.each<[string, number[], number[]]>([
    ['float32', [2, 3], upTo(6, (i) => i / 4)],
    ['float64', [4], upTo(4, (i) => i / 8)],
    ['float16', [3], upTo(3, (i) => i / 2)],
    ['columns', [2, 3, 4], upTo(24, (i) => i)],
    ['int64', [5], upTo(5, (i) => i - 2)],
    ['uint8', [6], upTo(6, (i) => 250 + i)],
    ['bool', [2], [1, 0]],
    ['scalar', [], [2.5]],
    ['empty', [0, 4], []],
    ['folder/gewicht', [1, 1], [-1]],
  ])('%s', (key, shape, values) => {
    expect([tensors[key]!.shape, [...tensors[key]!.data]]).toEqual([shape, values]);
  });

  it('has no other arrays', () => expect(Object.keys(tensors).length).toBe(10));
});

describe('encodeNpy and encodeNpz', () => {
  const random = createRandom(2);

  it('keep every bit', () => {
    const tensors = { a: random.normal([3, 5]), 'b/ä': tensor([0, -0, Infinity, -Infinity, NaN, 1e-45]), c: tensor(7) };
    const again = decodeNpz(encodeNpz(tensors));
    expect(Object.keys(again)).toEqual(Object.keys(tensors));
    for (const [key, one] of Object.entries(tensors)) {
      expect(again[key]!.shape).toEqual(one.shape);
      expect(bitsOf(again[key]!)).toBe(bitsOf(one));
      expect(bitsOf(decodeNpy(encodeNpy(one)))).toBe(bitsOf(one));
    }
  });

  it('equal the bytes of numpy.save', () => {
    const [own] = decodeZip(
      encodeNpz({
        float32: tensor(
          upTo(6, (i) => i / 4),
          [2, 3],
        ),
      }),
      1000,
      expect.unreachable,
    );
    const [numpy] = decodeZip(fixture('numpy.npz'), 10_000, expect.unreachable);
    expect([own!.name, own!.bytes]).toEqual([numpy!.name, new Uint8Array(numpy!.bytes)]);
  });

  it('headers are multiples of 64 bytes for every rank', () => {
    for (let rank = 0; rank <= 8; rank++) {
      const bytes = encodeNpy(ones(Array(rank).fill(1)));
      expect((bytes.length - 4) % 64).toBe(0);
      expect(decodeNpy(bytes).shape).toEqual(Array(rank).fill(1));
    }
  });
});

describe('hostile files', () => {
  const file = (header: string, data = new Uint8Array(0), version = 1): Uint8Array => {
    const bytes = Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0..${header}`, 'latin1'), data]);
    bytes.writeUInt16LE(header.length, 8);
    return bytes;
  };
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";

  it('reads the smallest file of this test', () => {
    expect(decodeNpy(file(header, new Uint8Array(4))).toArray()).toEqual([0]);
  });

  it.each<[string, Uint8Array, string]>([
    ['no header', new Uint8Array(20), 'a .npy file begins with "\\x93NUMPY" (at byte 0)'],
    ['a later version', file(header, new Uint8Array(4), 4), 'version 4 of the format is unknown (at byte 6)'],
    ['objects', file(header.replace('<f4', '|O')), 'its type |O is none of <f4, <f8,'],
    ['another order of bytes', file(header.replace('<f4', '>f4')), 'save x.astype("<f4")'],
    [
      'a missing field',
      file("{'descr': '<f4', 'shape': (1,), }"),
      'its header must have descr, fortran_order and shape',
    ],
    ['code in the place of a shape', file(header.replace('(1,)', "__import__('os')")), 'its header must have descr'],
    ['too few data', file(header, new Uint8Array(3)), 'its data have 3 bytes; its header says 4'],
    ['a huge shape', file(header.replace('(1,)', '(1073741824, 1024)')), 'has 1099511627776 elements'],
    ['a header of another length', file(header).subarray(0, 30), 'its header cannot have'],
  ])('%s', (_, bytes, message) => {
    expect(thrownBy(FormatError, () => decodeNpy(bytes)).message).toContain(message);
  });

  it('an archive that unpacks to more than maxBytes is refused before it is unpacked', () => {
    const error = thrownBy(FormatError, () => decodeNpz(fixture('numpy-compressed.npz'), { maxBytes: 1000 }));
    expect(error.message).toMatch(/its files have more than 1000 bytes \(at byte \d+\)/);
  });

  it('a file name that is there twice, and a wrong checksum', () => {
    const bytes = encodeNpy(tensor(1));
    const twice = encodeZip([
      { name: 'a.npy', bytes },
      { name: 'a.npy', bytes },
    ]);
    expect(thrownBy(FormatError, () => decodeNpz(twice)).message).toContain('the array "a" is there twice');
    const damaged = encodeNpz({ a: tensor(1) });
    damaged[120]! ^= 1;
    expect(thrownBy(FormatError, () => decodeNpz(damaged)).message).toContain('the checksum differs');
  });

  // A longer run: npx tsx test/support/fuzz.ts npz 1000000 7
  it('20,000 damaged archives are read or refused with a FormatError (seed 20261125)', () => {
    const { accepted, rejected, complaints, largestExcess } = fuzz(npzTarget, 20_000, 20261125);
    expect(accepted + rejected).toBe(20_000);
    expect(largestExcess).toBeLessThan(SLACK_BYTES);
    expect(accepted).toBeGreaterThan(500);
    const all = [...complaints.keys()].join('\n');
    for (const rule of [
      'no entry here',
      'its end is missing',
      'the checksum differs',
      'there twice',
      'its header must',
      'its data have',
      'its type',
    ]) {
      expect(all).toContain(rule);
    }
  });
});

it('the deflated files are what node:zlib unpacks, with the checksums of the archive', () => {
  const bytes = Buffer.from(fixture('numpy-compressed.npz'));
  // The first local header: its name and its extra field stand before the data, whose size NumPy writes in the extra
  // field.
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const [first] = decodeZip(bytes, 10_000, expect.unreachable);
  expect(new Uint8Array(inflateRawSync(bytes.subarray(start)))).toEqual(first!.bytes);
  expect(crc32(first!.bytes)).toBe(bytes.readUInt32LE(14));
});
