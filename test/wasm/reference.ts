/**
 * What each instruction of the tables computes, in BigInt and double arithmetic, from the specification's chapter on
 * numerics. Values are bytes, little-endian. An instruction that is new to the tables may need a line here too.
 */

import type { Instruction } from '../../src/wasm/instruction.ts';

type Lane = bigint | number;

const mask = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value);
const signed = (value: bigint, bits: number): bigint => BigInt.asIntN(bits, value);
const saturate = (value: bigint, bits: number, isSigned: boolean): bigint => {
  const low = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const high = isSigned ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  return value < low ? low : value > high ? high : value;
};

// Written as statements: Math.min and Math.max take no bigint, and differ from pmin and pmax on NaN and -0.
function lesser<T extends Lane>(a: T, b: T): T {
  if (a < b) return a;
  return b;
}
function greater<T extends Lane>(a: T, b: T): T {
  if (a > b) return a;
  return b;
}

type IntegerOperation = (a: bigint, b: bigint, bits: number) => bigint;

/** Operands are signed if the name ends in _s, else unsigned; the result is cut to its width. */
const integer: Record<string, IntegerOperation> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div_u: (a, b) => a / b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, bits) => a << (b % BigInt(bits)),
  shr_s: (a, b, bits) => a >> (mask(b, 32) % BigInt(bits)),
  shr_u: (a, b, bits) => a >> (b % BigInt(bits)),
};

const float: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pmin: (a, b) => lesser(b, a),
  pmax: (a, b) => greater(b, a),
  abs: (a) => Math.abs(a),
  neg: (a) => -a,
  sqrt: (a) => Math.sqrt(a),
  floor: (a) => Math.floor(a),
  nearest: (a) => Math.sign(a) * nearestEven(Math.abs(a)),
};

function nearestEven(a: number): number {
  const below = Math.floor(a);
  return a - below < 0.5 || (a - below === 0.5 && below % 2 === 0) ? below : below + 1;
}

const comparison: Record<string, (a: Lane, b: Lane) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
  ge: (a, b) => a >= b,
};

/** The lanes of `bytes`, for a scalar its one lane; `kind` as i8, u8, ..., i64, f32, f64. */
function lanesOf(bytes: Uint8Array, kind: string, count: number): Lane[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const bits = +kind.slice(1);
  return Array.from({ length: count }, (_, k) => {
    if (kind === 'f32') return view.getFloat32(4 * k, true);
    if (kind === 'f64') return view.getFloat64(8 * k, true);
    let value = 0n;
    for (let byte = bits / 8 - 1; byte >= 0; byte--) value = (value << 8n) | BigInt(bytes[(bits / 8) * k + byte]!);
    return kind[0] === 'i' ? signed(value, bits) : value;
  });
}

function bytesOf(lanes: readonly Lane[], kind: string): Uint8Array {
  const bits = +kind.slice(1);
  const bytes = new Uint8Array((lanes.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  lanes.forEach((lane, k) => {
    if (kind === 'f32') view.setFloat32(4 * k, Number(lane), true);
    else if (kind === 'f64') view.setFloat64(8 * k, Number(lane), true);
    else
      for (let byte = 0; byte < bits / 8; byte++)
        bytes[(bits / 8) * k + byte] = Number((BigInt(lane) >> BigInt(8 * byte)) & 0xffn);
  });
  return bytes;
}

/** Truncation of a float to an integer of `bits` bits; out of range saturates, NaN gives 0. */
function truncate(value: number, bits: number, isSigned: boolean): bigint {
  if (Number.isNaN(value)) return 0n;
  if (!Number.isFinite(value)) return saturate(value > 0 ? 1n << 70n : -(1n << 70n), bits, isSigned);
  return saturate(BigInt(Math.trunc(value)), bits, isSigned);
}

/** Arithmetic and conversions; undefined for what touches memory. */
export function compute(
  { name, params, result }: Instruction,
  operands: readonly Uint8Array[],
  immediate: number | readonly number[],
): Uint8Array | undefined {
  const [prefix = '', operation = ''] = name.split('.');
  const shape = /^([if])(\d+)(?:x(\d+))?$/.exec(prefix);
  const x = operands[0]!;
  const y = operands[1] ?? new Uint8Array(16);
  if (prefix === 'v128') return vector(operation, operands);
  if (!shape) return undefined;
  const letter = shape[1]!;
  const bits = +shape[2]!;
  const count = +(shape[3] ?? 1);
  const isScalar = shape[3] === undefined;
  const lane = Number(immediate);
  const kind = `${letter}${bits}`;
  const unsignedKind = `u${bits}`;
  const part = operation.match(/^(.*?)(?:_([if])(\d+)(?:x(\d+))?)?(?:_([su]))?$/)!;
  const [, stem = '', , fromBits, fromCount, sign = ''] = part;
  const fromKind = `${part[2] === 'f' ? 'f' : sign === 'u' ? 'u' : 'i'}${fromBits}`;

  if (operation === 'shuffle') {
    const both = [...x, ...y];
    return Uint8Array.from(Array.isArray(immediate) ? immediate : [], (k: number) => both[k]!);
  }
  if (operation === 'splat')
    return bytesOf(new Array<Lane>(count).fill(lanesOf(x, letter === 'f' ? kind : unsignedKind, 1)[0]!), kind);
  if (stem === 'extract_lane') {
    const value = lanesOf(x, sign === 'u' ? unsignedKind : kind, count)[lane]!;
    return bytesOf([value], result);
  }
  if (operation === 'replace_lane') {
    const lanes = lanesOf(x, letter === 'f' ? kind : unsignedKind, count);
    lanes[lane] = lanesOf(y, letter === 'f' ? kind : unsignedKind, 1)[0]!;
    return bytesOf(lanes, kind);
  }
  if (operation === 'wrap_i64') return x.slice(0, bits / 8);
  if (operation === 'eqz') return bytesOf([lanesOf(x, kind, 1)[0] === 0n ? 1n : 0n], 'i32');
  if (fromBits !== undefined) {
    const from = (bytes: Uint8Array): Lane[] => lanesOf(bytes, fromKind, +(fromCount ?? 1));
    const half = stem.includes('high') ? count : 0;
    switch (stem) {
      case 'trunc_sat':
        return bytesOf(
          from(x).map((value) => truncate(Number(value), bits, sign === 's')),
          kind,
        );
      case 'convert':
        return bytesOf(
          // A double holds every 32-bit integer, so this rounds once.
          from(x).map((value) => Math.fround(Number(value))),
          kind,
        );
      case 'extend':
        return bytesOf(from(x), kind);
      case 'extend_low':
      case 'extend_high':
        return bytesOf(from(x).slice(half, half + count), kind);
      case 'extmul_low':
      case 'extmul_high': {
        const b = from(y) as bigint[];
        return bytesOf((from(x) as bigint[]).map((value, k) => value * b[k]!).slice(half, half + count), kind);
      }
    }
  }
  const operandKind = letter === 'f' || operation.endsWith('_s') || /^(eq|ne)$/.test(operation) ? kind : unsignedKind;
  const a = lanesOf(x, operandKind, count);
  // A SIMD shift takes its distance from an i32.
  const isShift = !isScalar && params[1] === 'i32';
  const distance = lanesOf(y, 'u32', 1)[0]!;
  const b = isShift ? a.map(() => distance) : lanesOf(y, operandKind, count);
  const compare = comparison[stem];
  if (compare && /^(eq|ne|[lg][te])(_[su])?$/.test(operation)) {
    const truth = a.map((value, k) => (compare(value, b[k]!) ? 1n : 0n));
    return isScalar
      ? bytesOf(truth, 'i32')
      : bytesOf(
          truth.map((value) => -value),
          `i${bits}`,
        );
  }
  const onFloats = float[operation];
  if (letter === 'f' && onFloats)
    return bytesOf(
      a.map((value, k) => onFloats(Number(value), Number(b[k]))),
      kind,
    );
  const onIntegers = integer[operation];
  if (letter === 'i' && onIntegers) {
    return bytesOf(
      a.map((value, k) => mask(onIntegers(BigInt(value), BigInt(b[k]!), bits), bits)),
      unsignedKind,
    );
  }
  return undefined;
}

function vector(operation: string, operands: readonly Uint8Array[]): Uint8Array | undefined {
  const [x, y, z] = operands.map((bytes) => lanesOf(bytes, 'u64', 2) as bigint[]);
  const bitwise: Record<string, (k: number) => bigint> = {
    and: (k) => x![k]! & y![k]!,
    andnot: (k) => x![k]! & ~y![k]!,
    or: (k) => x![k]! | y![k]!,
    xor: (k) => x![k]! ^ y![k]!,
    bitselect: (k) => (x![k]! & z![k]!) | (y![k]! & ~z![k]!),
  };
  const result = bitwise[operation];
  return result && bytesOf([mask(result(0), 64), mask(result(1), 64)], 'u64');
}

/** A memory instruction on `cell`, the 16 bytes at its address: what it returns, and what is in the cell afterwards. */
export function access(
  { name, result }: Instruction,
  cell: Uint8Array,
  operands: readonly Uint8Array[],
  lane: number,
): { value: Uint8Array; cell: Uint8Array } | undefined {
  const type = name.slice(0, name.indexOf('.'));
  const operation = name.slice(name.lastIndexOf('.') + 1);
  const typeBytes = type === 'v128' ? 16 : +type.slice(1) / 8;
  const after = cell.slice();
  const operand = operands[1] ?? new Uint8Array(16);
  const rmw = /\.rmw\.(\w+)$/.exec(name)?.[1];
  if (rmw) {
    const kind = `u${8 * typeBytes}`;
    const [old] = lanesOf(cell, kind, 1) as bigint[];
    const [first] = lanesOf(operand, kind, 1) as bigint[];
    const next =
      rmw === 'cmpxchg'
        ? old === first
          ? (lanesOf(operands[2]!, kind, 1)[0] as bigint)
          : old!
        : integer[rmw]!(old!, first!, 8 * typeBytes);
    after.set(bytesOf([mask(next, 8 * typeBytes)], kind));
    return { value: cell.slice(0, typeBytes), cell: after };
  }
  const match = /^(load|store)(\d+)?(?:x(\d+))?(?:_(s|u|splat|lane))?$/.exec(operation);
  if (!match) return undefined;
  const [, direction, bits, count, suffix] = match;
  const width = bits === undefined ? typeBytes : (+bits / 8) * +(count ?? 1);
  if (direction === 'store') {
    after.set(suffix === 'lane' ? operand.slice(width * lane, width * (lane + 1)) : operand.slice(0, width));
    return { value: new Uint8Array(0), cell: after };
  }
  if (suffix === 'splat') return { value: Uint8Array.from({ length: 16 }, (_, k) => cell[k % width]!), cell };
  if (bits === undefined) return { value: cell.slice(0, typeBytes), cell };
  const lanes = lanesOf(cell, `${suffix === 's' ? 'i' : 'u'}${bits}`, +(count ?? 1));
  return { value: bytesOf(lanes, count ? `i${2 * +bits}` : result), cell };
}
