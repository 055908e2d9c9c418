/**
 * An expression is a tree of instructions. It knows the type of its value and can write itself as stack code.
 *
 * Nothing is written until a statement of a `FunctionBuilder` takes the tree; then its instructions are written there,
 * operands first. A tree that is used twice is written, and so computed, twice; `f.let` keeps a value.
 */

import { type Code, fits, type VariableReference } from './code.ts';
import { AssemblyError, type ResultType, type ValueType } from './types.ts';

export interface Expr<T extends ResultType = ResultType> {
  readonly type: T;
  emit(code: Code): void;
}

/** A plain number stands for a constant of the operand's type. */
export type Literal<T extends ValueType> = T extends 'v128' ? never : number;

export type Operand<T extends ValueType> = T extends ValueType ? Expr<T> | Literal<T> : never;

/** As an expression, a local is its current value. */
export class Local<T extends ValueType = ValueType> implements VariableReference, Expr<T> {
  readonly owner: object;
  readonly index: number;
  readonly type: T;
  readonly name: string;

  constructor(owner: object, index: number, type: T, name: string) {
    this.owner = owner;
    this.index = index;
    this.type = type;
    this.name = name;
  }

  emit(code: Code): void {
    code.variable('get', this);
  }
}

/** The shapes of four lanes that a number can fill. */
export type Shape = 'i32x4' | 'f32x4';

/** A v128.const of four lanes, or of one value in every lane. */
export function laneConstant(shape: Shape, lanes: readonly number[]): Expr<'v128'> {
  const four = lanes.length === 1 ? Array.from({ length: 4 }, () => lanes[0]!) : lanes;
  if (four.length !== 4 || (shape === 'i32x4' && !four.every(fits))) {
    throw new AssemblyError(`${shape}.const: expected one or four lanes of its type; got ${lanes.join(', ')}`);
  }
  const values = shape === 'i32x4' ? Int32Array.from(four) : Float32Array.from(four);
  return constant('v128', new Uint8Array(values.buffer));
}

export function constant<T extends ValueType>(type: T, value: number | Uint8Array): Expr<T> {
  return { type, emit: (code) => code.constant(type, value) };
}

/**
 * An operand as an expression. A number becomes a constant; for a v128 operand, one with the number in every lane of
 * `shape`. `place` names the operand in errors.
 */
export function toExpr(value: Expr | number | undefined, type: ValueType, place: string, shape?: Shape): Expr {
  if (typeof value === 'object') return value;
  if (value === undefined || (type === 'v128' && shape === undefined)) {
    throw new AssemblyError(`${place}: expected an operand of type ${type}; got ${value}`);
  }
  return shape !== undefined && type === 'v128' ? laneConstant(shape, [value]) : constant(type, value);
}

/** `condition ? first : second`; both are computed. */
export function select<T extends ValueType>(
  first: Expr<T>,
  second: Operand<NoInfer<T>>,
  condition: Operand<'i32'>,
): Expr<T> {
  const { type } = first;
  return {
    type,
    emit(code) {
      first.emit(code);
      toExpr(second, type, 'select').emit(code);
      toExpr(condition, 'i32', 'select').emit(code);
      code.select();
    },
  };
}
