/** The IDX target of the fuzzer: valid files to damage, and mutations that use the format. */
import assert from 'node:assert/strict';
import { encodeIdx, type IdxArray, parseIdx } from '../../src/data/idx.ts';
import { type FuzzTarget, joinBytes, type Mutator } from '../support/mutate.ts';

const uint8 = (shape: readonly number[]): IdxArray => {
  const size = shape.reduce((product, one) => product * one, 1);
  return { type: 'uint8', shape, data: Uint8Array.from({ length: size }, (_, i) => (i * 37) & 255) };
};

export const idxCorpus: readonly Uint8Array[] = [
  uint8([3, 2, 2]),
  uint8([5]),
  uint8([0, 28, 28]),
  uint8([1, 1, 1, 1, 1, 1, 1, 2]),
  uint8([40, 9, 3]),
  { type: 'int8', shape: [3], data: Int8Array.of(127, -128, -1) } as const,
  { type: 'int16', shape: [2, 2], data: Int16Array.of(258, -1, -32768, 7) } as const,
  { type: 'int32', shape: [2], data: Int32Array.of(16909060, -2) } as const,
  { type: 'float32', shape: [4], data: Float32Array.of(1.5, -Infinity, 2 ** -149, -0) } as const,
  { type: 'float64', shape: [1, 2], data: Float64Array.of(Math.PI, -1e300) } as const,
].map(encodeIdx);

const CODES = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x00, 0x0a, 0x0f, 0xff];
const SIZES = [0, 1, 2, 3, 255, 256, 65535, 65536, 2 ** 28, 2 ** 31, 2 ** 32 - 1];

export const idxMutators: readonly Mutator[] = [
  function typeCode(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 2) copy[2] = random.pick(CODES);
    return copy;
  },
  function rank(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 3) copy[3] = random.pick([0, 1, 2, 3, 7, 8, 9, 127, 255]);
    return copy;
  },
  /** Replaces one size and leaves the values. */
  function size(bytes, random) {
    const copy = bytes.slice();
    const at = 4 + 4 * random.below(Math.max(1, copy[3] ?? 1));
    if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, random.pick(SIZES));
    return copy;
  },
  /** Changes the first size and the number of values together, which often gives a valid file. */
  function anotherCount(bytes, random) {
    if (bytes.length < 8) return bytes.slice();
    const [type, axes] = [bytes[2]!, bytes[3]!];
    const header = 4 + 4 * axes;
    if (header > bytes.length || axes === 0) return bytes.slice();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const old = view.getUint32(4);
    const item = old === 0 ? 0 : (bytes.length - header) / old;
    const count = random.below(6);
    const values = new Uint8Array(Math.floor(count * item)).fill(type);
    const copy = joinBytes(bytes.subarray(0, header), values);
    new DataView(copy.buffer).setUint32(4, count);
    return copy;
  },
  /** Adds axes of size 1 in front: the same values with a higher rank. */
  function moreAxes(bytes, random) {
    if (bytes.length < 4) return bytes.slice();
    const extra = 1 + random.below(8);
    const ones = new Uint8Array(4 * extra);
    for (let axis = 0; axis < extra; axis++) ones[4 * axis + 3] = 1;
    const copy = joinBytes(bytes.subarray(0, 4), ones, bytes.subarray(4));
    copy[3] = Math.min(255, copy[3]! + extra);
    return copy;
  },
  /** Two sizes whose product wraps around at 2^32 or 2^64. */
  function wrappingSizes(bytes, random) {
    const axes = random.pick([2, 4, 8]);
    const header = new Uint8Array(4 + 4 * axes);
    header.set([0, 0, random.pick(CODES), axes]);
    const view = new DataView(header.buffer);
    for (let axis = 0; axis < axes; axis++) view.setUint32(4 + 4 * axis, random.pick([65536, 2 ** 31, 2 ** 32 - 1, 0]));
    return joinBytes(header, bytes.subarray(0, random.below(40)));
  },
];

/** Checks an array that was read: the shape gives the number of values, and writing it gives the same bytes. */
export function verifyIdx(array: IdxArray, bytes: Uint8Array): void {
  assert.equal(
    array.shape.reduce((product, one) => product * one, 1),
    array.data.length,
  );
  assert.ok(array.data.byteLength <= bytes.length);
  assert.equal(Buffer.compare(encodeIdx(array), bytes), 0);
}

export const idxTarget: FuzzTarget<IdxArray> = {
  name: 'idx',
  corpus: idxCorpus,
  parse: parseIdx,
  verify: verifyIdx,
  mutators: idxMutators,
};
