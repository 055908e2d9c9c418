/**
 * Operands laid out in a copy of the memory, for many small calls of a kernel. A pattern that no kernel may change lies
 * between and around them. The numbers come from tables, and only the used part is restored.
 */
import type { Address } from '../../src/kernels/kernel.ts';
import { hashedFloats } from './reference.ts';

/** Values that break shortcuts: zeros of both signs, NaN, infinities, subnormals, the ends of the range. */
const SPECIALS: readonly number[] = [
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

/** A prime, so that operands of one size begin at different places of the table. */
const TABLE = 65_521;
const RANDOM = hashedFloats(TABLE, 11, -2, 2);
const UNIT = hashedFloats(TABLE, 12, 0, 1);
/** One in three is special, one in three has an exponent from anywhere in the range. */
const MIXED = Float32Array.from(RANDOM, (value, i) => {
  if (i % 3 === 0) return SPECIALS[(i / 3) % SPECIALS.length]!;
  return i % 3 === 1 ? value * 2 ** (((i * 31) % 253) - 126) : value;
});

export class Operands {
  readonly floats: Float32Array;
  readonly ints: Int32Array;
  readonly bytes: Uint8Array;
  /** Operands by their addresses: how long they are. */
  readonly sizes: Map<Address, number> = new Map();
  readonly #pattern: Float32Array;
  #next = 0;
  #salt = 0;

  constructor(capacity: number) {
    // NaN and infinity behind an operand: a kernel that uses what it reads there gives a wrong result.
    this.#pattern = hashedFloats(capacity, 13, 1000, 2000).map((value, i) => [Number.NaN, Infinity, value][i % 3]!);
    this.floats = this.#pattern.slice();
    this.ints = new Int32Array(this.floats.buffer);
    this.bytes = new Uint8Array(this.floats.buffer);
  }

  /** Floats in use, the gap behind the last operand included. */
  get used(): number {
    return this.#next;
  }

  /** Forgets all operands. `salt` names the numbers and the alignments of the next ones. */
  begin(salt: number): this {
    this.floats.set(this.#pattern.subarray(0, this.#next));
    this.sizes.clear();
    this.#salt = salt;
    this.#next = 16 + (salt & 3);
    return this;
  }

  /** Room for `size` floats that holds the pattern; 4 to 7 floats behind it stay unused, so alignments vary. */
  reserve(size: number): Address {
    const address = this.#next;
    this.#salt++;
    this.#next += size + 4 + ((this.#salt >> 1) & 3);
    if (this.#next > this.floats.length) throw new RangeError(`${this.#next} floats of operands are needed`);
    this.sizes.set(address, size);
    return address;
  }

  put(values: ArrayLike<number>): Address {
    const address = this.reserve(values.length);
    this.floats.set(values, address);
    return address;
  }

  /** In [-2, 2). */
  random(size: number): Address {
    return this.#from(RANDOM, size);
  }

  /** In [0, 1). */
  unit(size: number): Address {
    return this.#from(UNIT, size);
  }

  /** With NaN, infinities, zeros of both signs, subnormals, huge and tiny numbers. */
  mixed(size: number): Address {
    return this.#from(MIXED, size);
  }

  putInts(values: ArrayLike<number>): Address {
    const address = this.reserve(values.length);
    this.ints.set(values, address);
    return address;
  }

  /** Any bytes: those of the tables' floats. */
  randomBytes(count: number): Address {
    return this.#from(RANDOM, Math.ceil(count / 4));
  }

  #from(table: Float32Array, size: number): Address {
    const address = this.reserve(size);
    let from = (this.#salt * 7919) % TABLE;
    for (let to = address; to < address + size; from = 0) {
      const length = Math.min(address + size - to, TABLE - from);
      this.floats.set(table.subarray(from, from + length), to);
      to += length;
    }
    return address;
  }
}
