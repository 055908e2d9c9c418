/**
 * The instructions as typed functions, named as in the specification: `f32x4.add(x, y)`, `v128.load(pointer, 16)`,
 * `i32.atomic.rmw.add(pointer, 1)`. A new instruction is one line in instruction-table.ts; nothing changes here.
 *
 * Arguments: the operands in stack order, then the immediates: lane (or lanes), offset (default 0). A number as an
 * operand is a constant. For a v128 operand of known lane shape it fills all lanes (`f32x4.mul(x, 0.5)`). The result is
 * an expression. `f.emit` takes those of type void, such as a store.
 */

import type { Code } from './code.ts';
import { constant, type Expr, type Literal, laneConstant, type Operand, type Shape, toExpr } from './expression.ts';
import { type Instruction, type Letters, parseRow, type Table } from './instruction.ts';
import * as table from './instruction-table.ts';
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

type AddressImmediate<S extends string> = S extends `${string}@${string}` ? [offset?: number] : [];

type Builder<S extends string, L> = S extends `${infer Params}>${infer Rest}`
  ? (
      ...args: [...Operands<Params, L>, ...LaneImmediate<S>, ...AddressImmediate<S>]
    ) => Expr<Rest extends `${infer Result extends keyof Letters}${string}` ? Letters[Result] : 'void'>
  : never;

/** The functions of a table, under the names of its instructions. */
type Namespace<T extends Table, L = never> = {
  readonly [Name in keyof T]: Builder<T[Name][1], L>;
};

type Immediates = readonly (number | readonly number[])[];

/** An instruction with its operands. A class, since a program has thousands of them. */
class Operation implements Expr {
  readonly type: ResultType;
  readonly #instruction: Instruction;
  readonly #operands: readonly Expr[];
  readonly #immediates: Immediates;

  constructor(instruction: Instruction, operands: readonly Expr[], immediates: Immediates) {
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

function builder(instruction: Instruction): (...args: (Expr | number)[]) => Expr {
  const { name, params } = instruction;
  // The last shape in a name is the shape of the operands: i32x4 in f32x4.convert_i32x4_s.
  const shape = name.match(/[if]32x4/g)?.at(-1) as Shape | undefined;
  const count = params.length;
  return (...args) => {
    const operands = params.map((type, k) => toExpr(args[k], type, name, shape));
    return new Operation(instruction, operands, args.slice(count) as number[]);
  };
}

function namespace<const T extends Table, L = never>(prefix: string, rows: T): Namespace<T, L> {
  const entries = Object.entries(rows).map(([name, row]) => [name, builder(parseRow(`${prefix}.${name}`, row))]);
  // The types of the functions are computed from the very rows that the functions are made of.
  const functions: unknown = Object.fromEntries(entries);
  return functions as Namespace<T, L>;
}

/** `const` takes one number. */
type Scalars<T extends Table, V extends ValueType> = Namespace<T> & {
  const(value: Literal<V>): Expr<V>;
};

function scalars<T extends Table, V extends ValueType>(type: V, rows: T): Scalars<T, V> {
  return { ...namespace(type, rows), const: (value: number) => constant(type, value) };
}

/** `const` takes one number for each lane, or one for all. */
type Lanes<T extends Table> = Namespace<T, number> & {
  const(...lanes: number[]): Expr<'v128'>;
};

function lanes<T extends Table>(shape: Shape, rows: T): Lanes<T> {
  return { ...namespace<T, number>(shape, rows), const: (...values: number[]) => laneConstant(shape, values) };
}

export const i32: Scalars<typeof table.i32, 'i32'> & {
  readonly atomic: Namespace<typeof table.i32Atomic> & { readonly rmw: Namespace<typeof table.i32AtomicRmw> };
} = {
  ...scalars('i32', table.i32),
  atomic: {
    ...namespace('i32.atomic', table.i32Atomic),
    rmw: namespace('i32.atomic.rmw', table.i32AtomicRmw),
  },
};
export const i64: Scalars<typeof table.i64, 'i64'> = scalars('i64', table.i64);
export const f32: Scalars<typeof table.f32, 'f32'> = scalars('f32', table.f32);
export const v128: Namespace<typeof table.v128> = namespace('v128', table.v128);
export const i8x16: Namespace<typeof table.i8x16> = namespace('i8x16', table.i8x16);
export const i16x8: Namespace<typeof table.i16x8> = namespace('i16x8', table.i16x8);
export const i32x4: Lanes<typeof table.i32x4> = lanes('i32x4', table.i32x4);
export const i64x2: Namespace<typeof table.i64x2> = namespace('i64x2', table.i64x2);
export const f32x4: Lanes<typeof table.f32x4> = lanes('f32x4', table.f32x4);
export const memory: { readonly atomic: Namespace<typeof table.memoryAtomic> } = {
  atomic: namespace('memory.atomic', table.memoryAtomic),
};
