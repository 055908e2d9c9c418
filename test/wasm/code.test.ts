import { describe, expect, test } from 'vitest';
import {
  AssemblyError,
  type Expr,
  type FunctionBuilder,
  f32,
  f32x4,
  i8x16,
  i32,
  i32x4,
  i64,
  type Local,
  ModuleBuilder,
  type ResultType,
  v128,
} from '../../src/wasm/index.ts';

type BodyOfTest = (f: FunctionBuilder, params: { x: Local<'i32'>; v: Local<'v128'> }, module: ModuleBuilder) => void;

/** Assembles one function `wrong` and returns the message of the AssemblyError that it must throw. */
function messageOf(body: BodyOfTest): string {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { min: 1 });
  try {
    module.function('wrong', { x: 'i32', v: 'v128' }, 'void', (f, params) => body(f, params, module));
  } catch (error) {
    expect(error).toBeInstanceOf(AssemblyError);
    expect(error).toBeInstanceOf(Error);
    return (error as AssemblyError).message;
  }
  throw new Error('the function was accepted');
}

/** Assembles one function and compiles the module. */
function compile(body: BodyOfTest, result: ResultType = 'void', hasMemory = true): void {
  const module = new ModuleBuilder();
  if (hasMemory) module.importMemory('env', 'memory', { min: 1 });
  module.function('f', { x: 'i32', v: 'v128' }, result, (f, params) => body(f, params, module));
  new WebAssembly.Module(module.toBytes());
}

/** The value of an expression under a type it does not have, as a caller without TypeScript would pass it. */
const mistyped = <T extends ResultType>(value: Expr): Expr<T> => value as Expr<T>;

describe('the engine refuses what TypeScript would, or cannot see', () => {
  test('with a message that names the instruction, the operand and its type', () => {
    expect(() => compile((f, { x, v }) => f.set(v, f32x4.add(v, mistyped(x))))).toThrow(
      /f32x4\.add\[1\] expected type (s128|v128), found local\.get of type i32/,
    );
  });

  const zeros = i32x4.const(0);
  test.each<[string, BodyOfTest]>([
    ['a lane that does not exist', (f) => f.drop(f32x4.extract_lane(f32x4.const(1), 4))],
    ['a shuffle of a lane that does not exist', (f) => f.drop(i8x16.shuffle(zeros, zeros, Array(16).fill(32)))],
    ['a shuffle of fifteen lanes', (f) => f.drop(i8x16.shuffle(zeros, zeros, Array(15).fill(0)))],
    ['a missing result', (f) => f.return()],
  ])('%s', (title, body) => {
    expect(() => compile(body, title === 'a missing result' ? 'i32' : 'void')).toThrow(WebAssembly.CompileError);
  });

  test('an access without memory', () => {
    expect(() => compile((f) => f.drop(i32.load(0)), 'void', false)).toThrow(WebAssembly.CompileError);
  });
});

test('a local of another function', () => {
  const message = messageOf((_, { x }, module) => {
    module.function('other', {}, 'void', (other) => other.emit(i32.store(x, 1)));
  });
  expect(message).toBe("function 'other', local.get: 'x' is a local of another function");
});

describe('offsets and constants', () => {
  test.each<[string, () => Expr, RegExp]>([
    ['negative offset', () => i32.load(0, -4), /i32.load: offset -4 is not an integer in \[0, 2\^32\)/],
    ['offset too large', () => i32.load(0, 2 ** 32), /offset 4294967296/],
    ['fractional offset behind a lane', () => v128.store32_lane(0, i32x4.const(1), 2, 0.5), /offset 0.5/],
    ['i32 out of range', () => i32.const(2 ** 32), /i32.const: 4294967296 is not an integer of 32 bits/],
    ['i32 fractional', () => i32.const(1.5), /i32.const: 1.5 is not/],
    ['i64 out of range', () => i64.const(2 ** 31), /i64.const: 2147483648 is not an integer of 32 bits/],
  ])('%s', (_name, value, message) => {
    expect(messageOf((f) => f.drop(value() as Expr<'i32'>))).toMatch(message);
  });

  test('lane constants', () => {
    expect(() => f32x4.const(1, 2, 3)).toThrow(/f32x4.const: expected one or four lanes of its type; got 1, 2, 3/);
    expect(() => i32x4.const(0.5)).toThrow(/i32x4.const: .* got 0.5/);
    expect(() => i32x4.const(0, 1, 2 ** 32, 3)).toThrow(/i32x4.const/);
  });

  test('operands that TypeScript would refuse', () => {
    expect(() => Reflect.apply(f32.add, undefined, [1])).toThrow(/f32.add: expected an operand of type f32; got undef/);
    expect(() => Reflect.apply(v128.and, undefined, [f32x4.const(1), 3])).toThrow(
      /v128.and: expected an operand of type v128; got 3/,
    );
  });
});
