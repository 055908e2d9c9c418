/** inflate() against the one of node:zlib: streams of every kind of block, and damaged ones. */
import { constants, deflateSync, inflateRawSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { adler32 } from '../../src/compression/checksum.ts';
import { inflate } from '../../src/compression/inflate.ts';
import { pseudoBytes } from '../image/png-reader.ts';
import { GENERAL_MUTATORS, testRandom } from '../support/mutate.ts';

const unpacked = (stream: Uint8Array, size: number): Uint8Array =>
  inflate(stream, size, (problem, position) => {
    throw new RangeError(`${problem} at ${position}`);
  });

/** Bytes with long and short repetitions at small and large distances. */
function text(seed: number, size: number): Uint8Array {
  const bytes = pseudoBytes(seed, size, 1 + (seed % 256));
  const random = testRandom(seed);
  for (let i = 0; i < size / 50; i++) {
    const [from, to] = [random.below(size), random.below(size)];
    bytes.copyWithin(to, from, from + random.below(300));
  }
  return bytes;
}

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;

it('restores what zlib packed: stored, fixed and dynamic blocks, matches up to 32 KiB back', () => {
  for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
    for (const level of [0, 1, 6, 9]) {
      for (const size of [0, 1, 2, 300, 70_001]) {
        const bytes = text(size + level, size);
        const stream = deflateSync(bytes, { level, strategy });
        expect(Buffer.compare(unpacked(stream, size), bytes), `level ${level}, ${size} bytes`).toBe(0);
        if (size > 0) expect(() => unpacked(stream, size - 1)).toThrow(RangeError);
        expect(() => unpacked(stream, size + 1)).toThrow(RangeError);
      }
    }
  }
});

/** What zlib makes of a whole stream; undefined if it refuses it, or if bytes follow, which zlib ignores. */
function byZlib(stream: Uint8Array): Uint8Array | undefined {
  const whole = attempt(() => inflateSync(stream));
  return attempt(() => inflateSync(stream.subarray(0, -1))) === undefined ? whole : undefined;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** The stream with the checksum of what it unpacks to, if it unpacks at all. */
function repaired(stream: Uint8Array): Uint8Array {
  const bytes = attempt(() => inflateRawSync(stream.subarray(2, -4)));
  const copy = stream.slice();
  if (bytes !== undefined) new DataView(copy.buffer).setUint32(copy.length - 4, adler32(bytes));
  return copy;
}

it('of 4,000 damaged streams, takes those that zlib takes, with equal bytes (seed 7)', () => {
  const random = testRandom(7);
  const corpus = [1, 2, 40, 300, 2000].flatMap((size) =>
    [0, 1, 9].map((level) => new Uint8Array(deflateSync(text(size, size), { level }))),
  );
  let taken = 0;
  for (let i = 0; i < 4_000; i++) {
    const damaged = random.pick(GENERAL_MUTATORS)(random.pick(corpus), random);
    const stream = random.below(2) === 0 ? damaged : repaired(damaged);
    const expected = byZlib(stream);
    const found = attempt(() => unpacked(stream, expected?.length ?? 2000));
    expect(found, `case ${i}`).toEqual(expected && new Uint8Array(expected));
    if (found !== undefined) taken++;
  }
  // Most damage in the codes still unpacks to something.
  expect(taken).toBeGreaterThan(600);
});

/** A zlib stream with one block of these fields, [value, bits], and zeros behind it. */
function block(...fields: readonly (readonly [value: number, bits: number])[]): Uint8Array {
  const bits = fields.flatMap(([value, count]) => Array.from({ length: count }, (_, bit) => (value >> bit) & 1));
  const stream = new Uint8Array(64);
  stream.set([0x78, 0x01]);
  bits.forEach((bit, i) => {
    stream[2 + (i >> 3)]! |= bit << (i & 7);
  });
  return stream;
}

/**
 * Last block, with codes of its own: HLIT, HDIST and HCLEN of RFC 1951, 3.2.7, then the lengths of 16, 17, 18, 0 ...
 */
const codes = (hlit: number, lengths: readonly number[]): [number, number][] => [
  ...([
    [5, 3],
    [hlit, 5],
    [0, 5],
    [lengths.length - 4, 4],
  ] as [number, number][]),
  ...lengths.map((length): [number, number] => [length, 3]),
];

it.each<[string, [number, number][]]>([
  ['too many codes', codes(30, [0, 0, 0, 0])],
  ['an incomplete code', codes(0, [1, 0, 0, 0])],
  ['overlapping codes', codes(0, [1, 1, 1, 0])],
  // Code 0 is 16: repeat the length before.
  ['repeats a length that is not there', codes(0, [1, 1, 0, 0])],
  // 0 is a run of zeros, 01 the length 0, 11 the length 1: 138 + 118 zeros, 256 and 257 of one bit, no distance.
  [
    'an unknown code',
    [
      ...codes(1, [0, 0, 1, 2, ...new Array(13).fill(0), 2]),
      ...([
        [0, 1],
        [127, 7],
        [0, 1],
        [107, 7],
        [3, 2],
        [3, 2],
        [1, 2],
        [1, 1],
      ] as [number, number][]),
    ],
  ],
])('refuses %s', (problem, fields) => {
  expect(() => unpacked(block(...fields), 100)).toThrow(problem);
});
