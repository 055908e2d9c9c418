/**
 * A picture of memory on which a kernel and its reference both run: operands laid out with gaps and at odd addresses, everything filled with
 * recognisable values. Afterwards the whole picture is compared, so a write outside an output is seen as well as a wrong result.
 */
import type { Address } from '../../src/kernels/contract.ts';
import { hashedFloats } from './reference.ts';

/** Values that break shortcuts: zeros of both signs, NaN, infinities, subnormals, the ends of the range. */
export const SPECIALS: readonly number[] = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -(2 ** -130),
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1,
  -1,
  0.625,
  88.8,
  -103.5,
  1e-20,
];

export class KernelImage {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly bytes: Uint8Array;
  #next: number;
  #salt: number;

  /** `salt` names the numbers; `first` is where the first operand lies, so that alignments vary. */
  constructor(size: number, salt: number, first: Address = 5) {
    this.floats = hashedFloats(size, salt ^ 0x5bd1e995, 1000, 2000);
    this.ints = new Int32Array(this.floats.buffer);
    this.bytes = new Uint8Array(this.floats.buffer);
    this.#salt = salt;
    this.#next = first;
  }

  /** Room for `size` floats with a gap behind. */
  reserve(size: number): Address {
    const address = this.#next;
    this.#next += size + 7;
    if (this.#next > this.floats.length) throw new RangeError(`the image is too small: ${this.#next} floats needed`);
    return address;
  }

  put(values: ArrayLike<number>): Address {
    const address = this.reserve(values.length);
    this.floats.set(values, address);
    return address;
  }

  /** Numbers in [low, high). */
  random(size: number, low = -2, high = 2): Address {
    return this.put(hashedFloats(size, this.#salt++, low, high));
  }

  /** Numbers among which every second is special. */
  special(size: number, low = -2, high = 2): Address {
    const values = hashedFloats(size, this.#salt++, low, high);
    for (let i = this.#salt % 2; i < size; i += 2) values[i] = SPECIALS[(i * 5 + this.#salt) % SPECIALS.length]!;
    return this.put(values);
  }

  putInts(values: readonly number[]): Address {
    const address = this.reserve(values.length);
    this.ints.set(values, address);
    return address;
  }

  putBytes(values: Uint8Array): Address {
    const address = this.reserve(Math.ceil(values.length / 4));
    this.bytes.set(values, 4 * address);
    return address;
  }
}

/** The first place where two pictures differ; NaNs are equal, zeros of different sign are not. */
export function firstDifference(got: Float32Array, expected: Float32Array): number | undefined {
  const gotBits = new Int32Array(got.buffer, got.byteOffset, got.length);
  const expectedBits = new Int32Array(expected.buffer, expected.byteOffset, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (gotBits[i] !== expectedBits[i] && !(Number.isNaN(got[i]) && Number.isNaN(expected[i]))) return i;
  }
  return undefined;
}
