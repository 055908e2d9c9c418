import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Expr } from '../../src/wasm/expression.ts';
import * as wasm from '../../src/wasm/index.ts';
import { type Instruction, parseRow, type Table } from '../../src/wasm/instruction.ts';
import * as tables from '../../src/wasm/instruction-table.ts';
import type { ValueType } from '../../src/wasm/types.ts';
import { run } from './helpers.ts';
import { REFERENCE } from './reference.ts';

/** `i32AtomicRmw` is the table of the namespace `i32.atomic.rmw`. */
const prefixOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`);

const instructions = Object.entries<Table>(tables).flatMap(([key, table]) =>
  Object.entries(table).map(([name, row]) => parseRow(`${prefixOf(key)}.${name}`, row)),
);

/** Instructions without a value to compute; module.test.ts runs them. */
const elsewhere = /^memory\./;

/** Each type can be loaded and stored: the cases below need it. */
const moves = /\.(load|store)$/;

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules'))
    .map((path) => readFileSync(`${folder}/${path}`, 'utf8'));

const loads: Record<ValueType, (address: Expr<'i32'>, offset: number) => Expr<ValueType>> = {
  i32: (address, offset) => wasm.i32.load(address, offset),
  // No kernel loads or stores an i64, so it is put together from two words, and taken apart.
  i64: (address, offset) => {
    const [low, high] = [0, 4].map((at) => wasm.i64.extend_i32_u(wasm.i32.load(address, offset + at)));
    return wasm.i64.or(wasm.i64.shl(high!, 32), low!);
  },
  f32: (address, offset) => wasm.f32.load(address, offset),
  v128: (address, offset) => wasm.v128.load(address, offset),
};

/** The exported builder of `name`, such as i32.atomic.rmw.add. */
function builderOf(name: string): (...args: unknown[]) => Expr {
  let value: unknown = wasm;
  for (const part of name.split('.')) value = Reflect.get(Object(value), part);
  if (typeof value !== 'function') throw new Error(`${name} has no builder`);
  return (...args) => Reflect.apply(value, undefined, args);
}

const RESULT = 256;
const CELL = 512;
const lanesFor = ({ lanes }: Instruction): (number | number[])[] => {
  if (lanes === 0) return [0];
  // Neither the identity nor symmetric, and from both operands.
  if (lanes === 32) return [Array.from({ length: 16 }, (_, k) => (k * 7 + 3) % 32)];
  return Array.from({ length: lanes }, (_, k) => k);
};

/** One function for each instruction and lane: operands come from memory at 0, 16 and 32, the result goes to RESULT. */
const cases = instructions
  .filter(({ name }) => !elsewhere.test(name))
  .flatMap((instruction) =>
    lanesFor(instruction).map((lane) => ({ instruction, lane, label: `${instruction.name} ${lane}` })),
  );

const { call, memory } = run(
  (module) => {
    for (const { instruction, lane, label } of cases) {
      const { name, params, lanes, width } = instruction;
      module.function(label, { base: 'i32' }, 'void', (f, { base }) => {
        const operands: unknown[] = params.map((type, k) => loads[type](base, 16 * k));
        // The offset immediate is checked by reading the cell relative to address 0.
        if (width > 0) operands[0] = base;
        const immediates = [...(lanes > 0 ? [lane] : []), ...(width > 0 ? [CELL] : [])];
        const value = builderOf(name)(...operands, ...immediates);
        if (value.type === 'void') return f.emit(value as Expr<'void'>);
        if (value.type === 'i64') {
          const whole = value as Expr<'i64'>;
          f.emit(wasm.i32.store(base, wasm.i32.wrap_i64(whole), RESULT));
          return f.emit(wasm.i32.store(base, wasm.i32.wrap_i64(wasm.i64.shr_u(whole, 32)), RESULT + 4));
        }
        const store = builderOf(`${value.type}.store`);
        f.emit(store(base, value, RESULT) as Expr<'void'>);
      });
    }
  },
  { shared: true },
);
const bytes = new Uint8Array(memory.buffer);

const integers = [
  0n,
  1n,
  -1n,
  0x7fn,
  0x80n,
  0x7fffn,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
  1n << 63n,
  (1n << 63n) - 1n,
  0x0123456789abcdefn,
  37n,
];
const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -2.5,
  -0.4,
  3e9,
  -3e9,
  5e9,
  1e-40,
  1e20,
  -1e20,
  Infinity,
  -Infinity,
  NaN,
  8388607.5,
];

/** Operand k of sample s. Each operand walks through its list at another pace, so that the pairs vary. */
function sample(type: ValueType, operandShape: string, s: number, k: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(16));
  const pick = <T>(list: readonly T[], lane: number): T => list[(s * (1 + 2 * k) + lane * 5 + k * 3) % list.length]!;
  if (type === 'f32' || operandShape === 'f32x4')
    for (let lane = 0; lane < 4; lane++) data.setFloat32(4 * lane, pick(floats, lane), true);
  else if (operandShape === 'i8x16')
    for (let lane = 0; lane < 16; lane++) data.setInt8(lane, Number(BigInt.asIntN(8, pick(integers, lane))));
  else if (operandShape === 'i16x8')
    for (let lane = 0; lane < 8; lane++) data.setInt16(2 * lane, Number(BigInt.asIntN(16, pick(integers, lane))), true);
  else if (type === 'i32' || operandShape === 'i32x4')
    for (let lane = 0; lane < 4; lane++) data.setInt32(4 * lane, Number(BigInt.asIntN(32, pick(integers, lane))), true);
  else for (let lane = 0; lane < 2; lane++) data.setBigInt64(8 * lane, BigInt.asIntN(64, pick(integers, lane)), true);
  return new Uint8Array(data.buffer);
}

const isFloat = (name: string, result: string): string | undefined =>
  result === 'f32' || (result === 'v128' && name.startsWith('f32x4')) ? 'f32' : undefined;

/** The bytes in hexadecimal; a float result as a number, since the payload of a NaN is not defined. */
function show(value: Uint8Array, kind: string | undefined): string {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (kind === 'f32')
    return Array.from({ length: value.length / 4 }, (_, k) => {
      const x = view.getFloat32(4 * k, true);
      return Object.is(x, -0) ? '-0' : `${x}`;
    }).join(' ');
  return Buffer.from(value).toString('hex');
}

const WIDTHS: Readonly<Record<string, number>> = { i32: 4, f32: 4, i64: 8, v128: 16, void: 0 };

/** What the reference gives, cut to the width of the result. */
function outcomeOf({ name, result }: Instruction, operands: Uint8Array[], lane: number | number[], cell: Uint8Array) {
  const dot = name.lastIndexOf('.');
  const reference = REFERENCE[name.slice(0, dot)]?.[name.slice(dot + 1)];
  if (reference === undefined) throw new Error(`no reference for ${name}`);
  const { value, cell: after = cell } = reference(operands, lane, cell);
  return { value: value!.slice(0, WIDTHS[result]), after };
}

describe('every instruction of the tables computes what the specification says, bit for bit', () => {
  test('the tables name each instruction and opcode once', () => {
    expect(new Set(instructions.map(({ name }) => name)).size).toBe(instructions.length);
    expect(new Set(instructions.map(({ opcode }) => opcode)).size).toBe(instructions.length);
  });

  test('the tables hold only what the kernels, the benchmarks or the tests of the assembler use', () => {
    const users = ['src/kernels', 'bench', 'test/wasm'].flatMap(sourcesOf).join('\n');
    const used = new Set(users.match(/\b(?:[if]\d+(?:x\d+)?|v128|memory)(?:\.\w+)+/g));
    const unused = instructions.filter(({ name }) => !used.has(name) && !moves.test(name));
    expect(unused.map(({ name }) => name)).toEqual([]);
  });

  test.each(cases)('$label', ({ instruction, lane, label }) => {
    const { name, params, result, width } = instruction;
    const shape = name.match(/[if]\d+x\d+/g)?.at(-1) ?? '';
    const traps = name === 'i32.div_u';
    const outcomes = new Set<string>();
    for (let s = 0; s < 40; s++) {
      const operands = params.map((type, k) => sample(type, shape, s, k));
      bytes.fill(0xa5, 0, 1024);
      const cell = Uint8Array.from({ length: 16 }, (_, k) => (s * 37 + k * 51) & 0xff);
      // Every second compare-exchange succeeds.
      if (name.endsWith('cmpxchg') && s % 2 === 0) operands[1]!.set(cell.slice(0, width));
      operands.forEach((operand, k) => void bytes.set(operand, 16 * k));
      bytes.set(cell, CELL);
      try {
        call(label, 0);
      } catch (error) {
        // Division by zero.
        if (traps && error instanceof WebAssembly.RuntimeError) continue;
        throw error;
      }
      const { value, after } = outcomeOf(instruction, operands, lane, cell);
      const kind = isFloat(name, result);
      const where = `${label}, sample ${s}: ${operands.map((operand) => show(operand, undefined))}`;
      expect(show(bytes.slice(RESULT, RESULT + value.length), kind), where).toBe(show(value, kind));
      expect(show(bytes.slice(CELL, CELL + 16), undefined), where).toBe(show(after, undefined));
      outcomes.add(show(value, kind) + show(after, undefined));
    }
    // Samples that all give one result would prove nothing.
    expect(outcomes.size).toBeGreaterThan(1);
  });
});
