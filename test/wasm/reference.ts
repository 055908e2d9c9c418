/**
 * What each instruction of the tables computes, from the specification's chapter on numerics. A scalar instruction is
 * computed as lane 0 of the one on lanes. An instruction that is new to the tables needs a line here too.
 */

/** What an instruction gives: a value, and the 16 bytes of memory at its address (`cell`) afterwards. */
export interface Outcome {
  readonly value: Uint8Array;
  readonly cell: Uint8Array;
}
/** Operands are 16 bytes each, little-endian. */
type Reference = (
  operands: readonly Uint8Array[],
  immediate: number | readonly number[],
  cell: Uint8Array,
) => Partial<Outcome>;

type Numbers = Int32Array | Uint32Array | Float32Array | Uint8Array | Uint16Array;
type Kind<A> = new (values: ArrayBufferLike | Iterable<A extends Numbers ? number : bigint>) => A;

/** Lane k of the result from lane k of each operand. Integers wrap when they are stored; a float is rounded once. */
function lanewise<In extends Numbers>(
  In: Kind<In>,
  Out: Kind<Numbers>,
  formula: (a: number, b: number, c: number) => number,
): Reference {
  return (operands) => {
    const [a, b = a!, c = a!] = operands.map((bytes) => new In(bytes.slice().buffer));
    return { value: new Uint8Array(new Out(Array.from(a!, (x, k) => formula(x, b[k]!, c[k]!))).buffer) };
  };
}
const ints = (formula: (a: number, b: number, c: number) => number) => lanewise(Int32Array, Int32Array, formula);
const words = (formula: (a: number, b: number) => number) => lanewise(Uint32Array, Int32Array, formula);
const floats = (formula: (a: number, b: number) => number) => lanewise(Float32Array, Float32Array, formula);
const floatTest = (formula: (a: number, b: number) => boolean, yes: number) =>
  lanewise(Float32Array, Int32Array, (a, b) => (formula(a, b) ? yes : 0));
const intTest = (formula: (a: number, b: number) => boolean, yes: number) => ints((a, b) => (formula(a, b) ? yes : 0));
const wordTest = (formula: (a: number, b: number) => boolean) => words((a, b) => Number(formula(a, b)));
/** A shift of all lanes by the one number of the second operand. */
const shift = (formula: (a: number, distance: number) => number): Reference => {
  return ([x, y], ...rest) => ints(formula)([x!, splat(4, y!)], ...rest);
};
const longs = (formula: (a: bigint, b: bigint) => bigint): Reference => {
  return ([x, y]) => {
    const [a, b] = [x!, y!].map((bytes) => new BigUint64Array(bytes.slice().buffer)[0]!);
    return { value: new Uint8Array(BigUint64Array.of(formula(a!, b!)).buffer) };
  };
};

const splat = (width: number, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, k) => bytes[k % width]!);
const splats = (width: number): Reference => {
  return ([x]) => ({ value: splat(width, x!) });
};
const extractLane: Reference = ([x], lane) => ({ value: x!.slice(4 * Number(lane)) });
/** The lower or upper half of the lanes, each to twice its width, without sign. */
const extend = (In: Kind<Numbers>, Out: Kind<Numbers>, from: number): Reference => {
  return ([x]) => ({ value: new Uint8Array(new Out(new In(x!.slice().buffer).slice(from)).buffer).slice(0, 16) });
};
const products = (from: number): Reference => {
  return (operands) => {
    const [a, b] = operands.map((bytes) => Array.from(new Uint32Array(bytes.slice().buffer).slice(from), BigInt));
    return { value: new Uint8Array(BigUint64Array.of(a![0]! * b![0]!, a![1]! * b![1]!).buffer) };
  };
};

const load: Reference = (_, __, cell) => ({ value: cell });
const store = (width: number, lane: (immediate: number) => number = () => 0): Reference => {
  return ([, value], immediate, cell) => {
    const after = cell.slice();
    const from = width * lane(Number(immediate));
    after.set(value!.slice(from, from + width));
    return { value: new Uint8Array(0), cell: after };
  };
};
/** An atomic update: it gives what was there before. */
const update = (formula: (old: number, a: number, b: number) => number): Reference => {
  return ([, a, b], _, cell) => {
    const [old, first, second] = [cell, a!, b ?? a!].map((bytes) => new Int32Array(bytes.slice().buffer)[0]!);
    const after = cell.slice();
    after.set(new Uint8Array(Int32Array.of(formula(old!, first!, second!)).buffer));
    return { value: cell, cell: after };
  };
};

function nearestEven(a: number): number {
  const below = Math.floor(a);
  return a - below < 0.5 || (a - below === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** Of two equal numbers or a NaN, pmin and pmax give the first operand; min and max give NaN and tell 0 from -0. */
function pmin(a: number, b: number): number {
  if (b < a) return b;
  return a;
}
function pmax(a: number, b: number): number {
  if (a < b) return b;
  return a;
}
/** Out of range to the nearest integer, NaN to 0. */
const saturate = (x: number): number =>
  Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, -(2 ** 31)), 2 ** 31 - 1));

const comparisons = {
  eq: (a: number, b: number) => a === b,
  ne: (a: number, b: number) => a !== b,
  lt: (a: number, b: number) => a < b,
  gt: (a: number, b: number) => a > b,
  le: (a: number, b: number) => a <= b,
  ge: (a: number, b: number) => a >= b,
};
const { eq, ne, lt, gt, le, ge } = comparisons;
const add = (a: number, b: number): number => a + b;
const sub = (a: number, b: number): number => a - b;
const and = (a: number, b: number): number => a & b;
const or = (a: number, b: number): number => a | b;

export const REFERENCE: Readonly<Record<string, Readonly<Record<string, Reference>>>> = {
  i32: {
    ...{ load, store: store(4), load8_u: (_, __, [byte]) => ({ value: Uint8Array.of(byte!, 0, 0, 0) }) },
    ...{ eqz: intTest((a) => a === 0, 1), eq: intTest(eq, 1), ne: intTest(ne, 1) },
    ...{ lt_s: intTest(lt, 1), gt_s: intTest(gt, 1), le_s: intTest(le, 1) },
    ...{ lt_u: wordTest(lt), gt_u: wordTest(gt), le_u: wordTest(le), ge_u: wordTest(ge) },
    ...{ add: ints(add), sub: ints(sub), mul: ints(Math.imul), div_u: words((a, b) => Math.trunc(a / b)) },
    ...{ and: ints(and), or: ints(or), shl: ints((a, b) => a << b), shr_u: ints((a, b) => a >>> b) },
    ...{ wrap_i64: ints((a) => a), trunc_sat_f32_s: lanewise(Float32Array, Int32Array, saturate) },
  },
  'i32.atomic': { load },
  'i32.atomic.rmw': { add: update(add), cmpxchg: update((old, expected, next) => (old === expected ? next : old)) },
  i64: {
    ...{ add: longs((a, b) => a + b), or: longs((a, b) => a | b) },
    ...{ shl: longs((a, b) => a << (b & 63n)), shr_u: longs((a, b) => a >> (b & 63n)) },
    extend_i32_u: ([x]) => ({ value: Uint8Array.of(...x!.slice(0, 4), 0, 0, 0, 0) }),
  },
  f32: {
    ...{ load, store: store(4), max: floats(Math.max) },
    ...{ add: floats(add), sub: floats(sub), mul: floats((a, b) => a * b), div: floats((a, b) => a / b) },
    convert_i32_s: lanewise(Int32Array, Float32Array, (a) => a),
    convert_i32_u: lanewise(Uint32Array, Float32Array, (a) => a),
  },
  v128: {
    ...{ load, store: store(16), load32_splat: (_, __, cell) => ({ value: splat(4, cell) }) },
    ...{ store32_lane: store(4, (lane) => lane), and: ints(and), or: ints(or), xor: ints((a, b) => a ^ b) },
    ...{ andnot: ints((a, b) => a & ~b), bitselect: ints((a, b, c) => (a & c) | (b & ~c)) },
  },
  i8x16: {
    shuffle: ([x, y], lanes) => ({ value: Uint8Array.from([lanes].flat(), (k) => [...x!, ...y!][k]!) }),
  },
  i16x8: {
    extend_low_i8x16_u: extend(Uint8Array, Uint16Array, 0),
    extend_high_i8x16_u: extend(Uint8Array, Uint16Array, 8),
  },
  i32x4: {
    ...{ splat: splats(4), extract_lane: extractLane, add: ints(add), sub: ints(sub) },
    replace_lane: ([x, y], lane) => {
      const value = x!.slice();
      value.set(y!.slice(0, 4), 4 * Number(lane));
      return { value };
    },
    ...{ eq: intTest(eq, -1), lt_s: intTest(lt, -1), ge_s: intTest(ge, -1) },
    ...{ shl: shift((a, b) => a << b), shr_s: shift((a, b) => a >> b), shr_u: shift((a, b) => a >>> b) },
    extend_low_i16x8_u: extend(Uint16Array, Uint32Array, 0),
    extend_high_i16x8_u: extend(Uint16Array, Uint32Array, 4),
  },
  i64x2: { extmul_low_i32x4_u: products(0), extmul_high_i32x4_u: products(2) },
  f32x4: {
    ...{ splat: splats(4), extract_lane: extractLane },
    ...{ eq: floatTest(eq, -1), ne: floatTest(ne, -1), lt: floatTest(lt, -1), gt: floatTest(gt, -1) },
    ...{ le: floatTest(le, -1), ge: floatTest(ge, -1) },
    ...{ abs: floats(Math.abs), neg: floats((a) => -a), sqrt: floats(Math.sqrt) },
    ...{ floor: floats(Math.floor), nearest: floats((a) => Math.sign(a) * nearestEven(Math.abs(a))) },
    ...{ add: floats(add), sub: floats(sub), mul: floats((a, b) => a * b), div: floats((a, b) => a / b) },
    ...{ min: floats(Math.min), max: floats(Math.max), pmin: floats(pmin), pmax: floats(pmax) },
    convert_i32x4_s: lanewise(Int32Array, Float32Array, (a) => a),
    convert_i32x4_u: lanewise(Uint32Array, Float32Array, (a) => a),
  },
};
