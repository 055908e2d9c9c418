/**
 * The instructions as typed functions, named as in the specification: `f32x4.add(x, y)`, `v128.load(pointer, 16)`,
 * `i32.atomic.rmw.add(pointer, 1)`.
 *
 * Arguments: the operands in stack order, then the immediates: lane (or lanes), offset (default 0), alignment in bytes
 * (default natural). A number as an operand is a constant; where the operand is a v128 of known lane shape, it fills all
 * lanes (`f32x4.mul(x, 0.5)`). The result is an expression; one of type void (a store) is handed to `f.emit`.
 */

import type { Code } from './code.ts';
import {
  constant,
  type Expr,
  isShape,
  type Literal,
  laneConstant,
  type Operand,
  type Shape,
  toExpr,
} from './expression.ts';
import { type Instruction, type Letters, parseRows, type Row } from './instruction.ts';
import * as scalar from './scalar-table.ts';
import * as simd from './simd-table.ts';
import type { ResultType, ValueType } from './types.ts';

/** Operand types of a signature's letters; L is the type of a number that fills all lanes. */
type Operands<S extends string, L> = S extends `${infer First extends keyof Letters}${infer Rest}`
  ? [First extends 'v' ? Expr<'v128'> | L : Operand<Letters[First]>, ...Operands<Rest, L>]
  : [];

type LaneImmediate<S extends string> = S extends `${string}#32`
  ? [lanes: readonly number[]]
  : S extends `${string}#${string}`
    ? [lane: number]
    : [];

type AddressImmediate<S extends string> = S extends `${string}@${string}` ? [offset?: number, alignment?: number] : [];

type Builder<S extends string, L> = S extends `${infer Params}>${infer Rest}`
  ? (
      ...args: [...Operands<Params, L>, ...LaneImmediate<S>, ...AddressImmediate<S>]
    ) => Expr<Rest extends `${infer Result extends keyof Letters}${string}` ? Letters[Result] : 'void'>
  : never;

type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;

/** The functions of a table, under the last part of their names. */
export type Namespace<Rows extends readonly Row[], L = never> = {
  readonly [R in Rows[number] as Words<R[1]>]: Builder<R[2], L>;
};

const none: readonly unknown[] = [];

/** An instruction with its operands; a class, since a program has thousands of these. */
class Operation implements Expr {
  readonly type: ResultType;
  readonly #instruction: Instruction;
  readonly #operands: readonly Expr[];
  readonly #immediates: readonly unknown[];

  constructor(instruction: Instruction, operands: readonly Expr[], immediates: readonly unknown[]) {
    this.type = instruction.result;
    this.#instruction = instruction;
    this.#operands = operands;
    this.#immediates = immediates;
  }

  emit(code: Code): void {
    for (const operand of this.#operands) operand.emit(code);
    code.operate(this.#instruction, this.#immediates);
  }
}

function builder(instruction: Instruction): (...args: (Expr | number | bigint)[]) => Expr {
  const { name, params } = instruction;
  // The last shape in a name is the one of its operands: i32x4 in f32x4.convert_i32x4_s.
  const shape = name.match(/[if]\d+x\d+/g)?.at(-1) ?? '';
  const isSplat = isShape(shape) && name === `${shape}.splat`;
  const count = params.length;
  return (...args) => {
    const [first] = args;
    if (isSplat && first !== undefined && typeof first !== 'object') return laneConstant(shape, [first]);
    const operands: Expr[] = [];
    for (let k = 0; k < count; k++) operands.push(toExpr(args[k], params[k]!, name, shape));
    return new Operation(instruction, operands, args.length > count ? args.slice(count) : none);
  };
}

function namespace<const Rows extends readonly Row[], L = never>(prefix: string, rows: Rows): Namespace<Rows, L> {
  const entries = parseRows(prefix, rows).map((instruction) => {
    const { name } = instruction;
    return [name.slice(prefix.length + 1), builder(instruction)] as const;
  });
  // The types of the functions are computed from the very rows the functions are made of.
  const functions: unknown = Object.fromEntries(entries);
  return functions as Namespace<Rows, L>;
}

/** `const` takes one number. */
type Scalars<Rows extends readonly Row[], T extends ValueType> = Namespace<Rows> & {
  const(value: Literal<T>): Expr<T>;
};

function scalars<Rows extends readonly Row[], T extends ValueType>(type: T, rows: Rows): Scalars<Rows, T> {
  return { ...namespace(type, rows), const: (value: number | bigint) => constant(type, value) };
}

/** `const` takes one number a lane, or one for all. */
type Lanes<Rows extends readonly Row[], L extends number | bigint> = Namespace<Rows, L> & {
  const(...lanes: L[]): Expr<'v128'>;
};

function lanes<Rows extends readonly Row[], L extends number | bigint>(shape: Shape, rows: Rows): Lanes<Rows, L> {
  return { ...namespace<Rows, L>(shape, rows), const: (...values: L[]) => laneConstant(shape, values) };
}

/** `load`, `store` and `rmw.add` and its kin. */
type Atomics<Rows extends readonly Row[], Rmw extends readonly Row[]> = {
  readonly atomic: Namespace<Rows> & { readonly rmw: Namespace<Rmw> };
};

export const i32: Scalars<typeof scalar.i32Rows, 'i32'> &
  Atomics<typeof scalar.i32AtomicRows, typeof scalar.i32AtomicRmwRows> = {
  ...scalars('i32', scalar.i32Rows),
  atomic: {
    ...namespace('i32.atomic', scalar.i32AtomicRows),
    rmw: namespace('i32.atomic.rmw', scalar.i32AtomicRmwRows),
  },
};
export const i64: Scalars<typeof scalar.i64Rows, 'i64'> &
  Atomics<typeof scalar.i64AtomicRows, typeof scalar.i64AtomicRmwRows> = {
  ...scalars('i64', scalar.i64Rows),
  atomic: {
    ...namespace('i64.atomic', scalar.i64AtomicRows),
    rmw: namespace('i64.atomic.rmw', scalar.i64AtomicRmwRows),
  },
};
export const f32: Scalars<typeof scalar.f32Rows, 'f32'> = scalars('f32', scalar.f32Rows);
export const f64: Scalars<typeof scalar.f64Rows, 'f64'> = scalars('f64', scalar.f64Rows);
export const v128: Namespace<typeof simd.v128Rows> = namespace('v128', simd.v128Rows);
export const i8x16: Lanes<typeof simd.i8x16Rows, number> = lanes('i8x16', simd.i8x16Rows);
export const i16x8: Lanes<typeof simd.i16x8Rows, number> = lanes('i16x8', simd.i16x8Rows);
export const i32x4: Lanes<typeof simd.i32x4Rows, number> = lanes('i32x4', simd.i32x4Rows);
export const i64x2: Lanes<typeof simd.i64x2Rows, number | bigint> = lanes('i64x2', simd.i64x2Rows);
export const f32x4: Lanes<typeof simd.f32x4Rows, number> = lanes('f32x4', simd.f32x4Rows);
export const memory: Namespace<typeof scalar.memoryRows> & {
  readonly atomic: Namespace<typeof scalar.memoryAtomicRows>;
} = {
  ...namespace('memory', scalar.memoryRows),
  atomic: namespace('memory.atomic', scalar.memoryAtomicRows),
};
export const atomic: Namespace<typeof scalar.atomicRows> = namespace('atomic', scalar.atomicRows);
