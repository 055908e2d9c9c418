/**
 * The statements of a function body. A value is an expression; a statement writes code at once.
 *
 * ```ts
 * const sum = f.local('f32', 'sum');
 * f.for(pointer, end, 4, () => f.set(sum, f32.add(sum, f32.load(pointer))));
 * f.return(sum);
 * ```
 */

import { Code } from './code.ts';
import { type Expr, Local, type Operand, toExpr } from './expression.ts';
import { i32 } from './namespaces.ts';
import type { ValueType } from './types.ts';

export class FunctionBuilder extends Code {
  /** A new local. It is zero when the function starts; a loop does not reset it. */
  local<T extends ValueType>(type: T, name?: string): Local<T> {
    const index = this.declare(type);
    return new Local(this, index, type, name ?? `#${index}`);
  }

  /** A new local set to `value`. */
  let<T extends ValueType>(value: Expr<T>, name?: string): Local<T> {
    const local = this.local(value.type, name);
    value.emit(this);
    this.variable('set', local);
    return local;
  }

  set<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): void {
    this.#push(value, local.type, 'set');
    this.variable('set', local);
  }

  /** An expression that sets the local; its value is the value set. */
  tee<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): Expr<T> {
    return {
      type: local.type,
      emit(code) {
        toExpr(value, local.type, 'tee').emit(code);
        code.variable('tee', local);
      },
    };
  }

  /** Runs stores, calls and other expressions without a value, in order. */
  emit(...statements: Expr<'void'>[]): void {
    for (const statement of statements) statement.emit(this);
  }

  /** Computes a value and discards it. */
  drop(value: Expr<ValueType>): void {
    value.emit(this);
    this.discard();
  }

  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void {
    this.#push(condition, 'i32', 'if');
    this.open('if');
    then();
    if (otherwise) {
      this.else();
      otherwise();
    }
    this.end();
  }

  /** Runs `body` once and then as long as `condition` holds: one branch per iteration. */
  doWhile(body: () => void, condition: Operand<'i32'>): void {
    this.open('loop');
    body();
    this.#push(condition, 'i32', 'doWhile');
    this.repeatIf();
    this.end();
  }

  /** Runs `body` as long as `condition` holds. The condition is written twice, before the loop and at its end. */
  while(condition: Operand<'i32'>, body: () => void): void {
    this.if(condition, () => this.doWhile(body, condition));
  }

  /**
   * Runs `body` while `variable < end` (unsigned), and adds `step` after each iteration. The variable starts with the
   * value it has. `end` and `step` are computed in every iteration, so pass locals or constants.
   */
  for(variable: Local<'i32'>, end: Operand<'i32'>, step: Operand<'i32'>, body: () => void): void {
    this.while(i32.lt_u(variable, end), () => {
      body();
      this.set(variable, i32.add(variable, step));
    });
  }

  return(value?: Expr<ValueType> | number): void {
    if (value !== undefined && this.result !== 'void') this.#push(value, this.result, 'return');
    this.leave();
  }

  #push(value: Expr | number, type: ValueType, place: string): void {
    toExpr(value, type, `function '${this.name}', ${place}`).emit(this);
  }
}
