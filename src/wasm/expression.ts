/**
 * An expression is a tree of instructions. It knows the type of its value and can write itself as stack code.
 *
 * Nothing is written until a statement of a `FunctionBuilder` takes the tree; then its instructions are written there,
 * operands first. A tree that is used twice is written, and so computed, twice; `f.let` keeps a value.
 */

import type { Code, VariableReference } from './code.ts';
import { fits } from './code.ts';
import { AssemblyError, type ResultType, type ValueType } from './types.ts';

export interface Expr<T extends ResultType = ResultType> {
  readonly type: T;
  emit(code: Code): void;
}

/** A plain number stands for a constant of the operand's type. */
export type Literal<T extends ValueType> = T extends 'i64' ? number | bigint : T extends 'v128' ? never : number;

export type Operand<T extends ValueType> = T extends ValueType ? Expr<T> | Literal<T> : never;

/** As an expression, a variable is its current value. */
class Variable<T extends ValueType, S extends 'local' | 'global'> implements VariableReference, Expr<T> {
  readonly scope: S;
  readonly owner: object;
  readonly index: number;
  readonly type: T;
  readonly name: string;

  constructor(scope: S, owner: object, index: number, type: T, name: string) {
    this.scope = scope;
    this.owner = owner;
    this.index = index;
    this.type = type;
    this.name = name;
  }

  emit(code: Code): void {
    code.variable('get', this);
  }
}

export type Local<T extends ValueType = ValueType> = Variable<T, 'local'>;
export type Global<T extends ValueType = ValueType> = Variable<T, 'global'>;

export const createLocal = <T extends ValueType>(code: Code, index: number, type: T, name: string): Local<T> =>
  new Variable('local', code, index, type, name);

export const createGlobal = <T extends ValueType>(module: object, index: number, type: T, name: string): Global<T> =>
  new Variable('global', module, index, type, name);

/** The lane shapes, each with the width of a lane in bytes and the DataView setter of its lanes. */
const shapes = {
  i8x16: [1, 'setInt8'],
  i16x8: [2, 'setInt16'],
  i32x4: [4, 'setInt32'],
  i64x2: [8, 'setBigInt64'],
  f32x4: [4, 'setFloat32'],
} as const;

export type Shape = keyof typeof shapes;

export const isShape = (name: string): name is Shape => Object.hasOwn(shapes, name);

/** A v128.const of the given lanes, or of one value in every lane. */
export function laneConstant(shape: Shape, lanes: readonly (number | bigint)[]): Expr<'v128'> {
  const [width, setter] = shapes[shape];
  const view = new DataView(new ArrayBuffer(16));
  const count = 16 / width;
  if (lanes.length !== count && lanes.length !== 1) {
    throw new AssemblyError(`${shape}.const: got ${lanes.length} lanes, expected ${count}, or 1 for all of them`);
  }
  for (let k = 0; k < count; k++) {
    const lane = lanes[lanes.length === 1 ? 0 : k]!;
    if (setter !== 'setFloat32' && !fits(lane, 8 * width)) {
      throw new AssemblyError(`${shape}.const: lane ${lane} is not an integer of ${8 * width} bits`);
    }
    if (setter === 'setBigInt64') view[setter](width * k, BigInt(lane), true);
    else view[setter](width * k, Number(lane), true);
  }
  return constant('v128', new Uint8Array(view.buffer));
}

export function constant<T extends ValueType>(type: T, value: number | bigint | Uint8Array): Expr<T> {
  return { type, emit: (code) => code.constant(type, value) };
}

/**
 * An operand as an expression. A number becomes a constant; for a v128 operand, one with the number in every lane of
 * `shape`. `place` names the operand in errors.
 */
export function toExpr(value: Expr | number | bigint | undefined, type: ValueType, place: string, shape = ''): Expr {
  if (typeof value === 'object') return value;
  if (value === undefined) throw new AssemblyError(`${place}: an operand of type ${type} is missing`);
  if (type !== 'v128') return constant(type, value);
  if (isShape(shape)) return laneConstant(shape, [value]);
  throw new AssemblyError(
    `${place}: the number ${value} has no lane shape here; write f32x4.splat(${value}) or its like`,
  );
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

/** `condition ? first : second` as an if with a result: only the chosen one is computed. */
export function conditional<T extends ValueType>(
  condition: Operand<'i32'>,
  first: Expr<T>,
  second: Operand<NoInfer<T>>,
): Expr<T> {
  const { type } = first;
  return {
    type,
    emit(code) {
      toExpr(condition, 'i32', 'conditional').emit(code);
      code.open('if', type);
      first.emit(code);
      code.else();
      toExpr(second, type, 'conditional').emit(code);
      code.end();
    },
  };
}
