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
  type Label,
  type Local,
  ModuleBuilder,
  type ResultType,
  v128,
} from '../../src/wasm/index.ts';

/** Assembles one function `wrong` and returns the message of the AssemblyError that it must throw. */
function messageOf(
  body: (f: FunctionBuilder, params: { x: Local<'i32'>; v: Local<'v128'> }, module: ModuleBuilder) => void,
): string {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { min: 1 });
  const handle = module.function('wrong', { x: 'i32', v: 'v128' }, 'void');
  try {
    module.define(handle, (f, params) => body(f, params, module));
  } catch (error) {
    expect(error).toBeInstanceOf(AssemblyError);
    expect(error).toBeInstanceOf(Error);
    return (error as AssemblyError).message;
  }
  throw new Error('the function was accepted');
}

/** Assembles one function and compiles the module. */
function compile(
  body: (f: FunctionBuilder, params: { x: Local<'i32'>; v: Local<'v128'> }) => void,
  result: ResultType = 'void',
  hasMemory = true,
): void {
  const module = new ModuleBuilder();
  if (hasMemory) module.importMemory('env', 'memory', { min: 1 });
  module.define(module.function('f', { x: 'i32', v: 'v128' }, result), body);
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

  test('an access without memory, an assignment to an immutable global', () => {
    expect(() => compile((f) => f.drop(i32.load(0)), 'void', false)).toThrow(WebAssembly.CompileError);
    const module = new ModuleBuilder();
    const fixed = module.importGlobal('env', 'fixed', 'i32');
    module.function('f', {}, 'void', (f) => f.set(fixed, 1));
    expect(() => new WebAssembly.Module(module.toBytes())).toThrow(WebAssembly.CompileError);
  });
});

describe('names', () => {
  test('a local of another function', () => {
    const message = messageOf((f, { x }, module) => {
      module.function('other', {}, 'void', (other) => other.emit(i32.store(x, 1)));
      f.drop(x);
    });
    expect(message).toBe("function 'other', local.get: unknown local 'x': it belongs to another function or module");
  });

  test('a global, a function and a table of another module', () => {
    const foreign = new ModuleBuilder();
    const global = foreign.global('step', 'i32', 0);
    const callee = foreign.function('callee', {}, 'void', () => {});
    const table = foreign.table([callee]);
    expect(messageOf((f) => f.set(global, 1))).toMatch(/global.set: unknown global 'step'/);
    expect(messageOf((f) => f.emit(callee.call({})))).toMatch(/call 'callee': the function belongs to another module/);
    expect(messageOf((f) => f.emit(table.call(0, {})))).toMatch(/call_indirect: the table belongs to another module/);
  });

  test('a label that is closed', () => {
    for (const branch of [
      (f: FunctionBuilder, label: Label) => f.br(label),
      (f: FunctionBuilder, label: Label) => f.br_if(label, 1),
    ]) {
      expect(
        messageOf((f) => {
          const labels: Label[] = [];
          f.block((label) => void labels.push(label));
          branch(f, labels[0]!);
        }),
      ).toMatch(/^function 'wrong', br\w*: this block is not open here$/);
    }
  });
});

describe('immediates and constants', () => {
  test.each<[string, () => Expr, RegExp]>([
    [
      'lane too large',
      () => f32x4.extract_lane(f32x4.const(1), 4),
      /f32x4.extract_lane: lane 4 is not an integer in \[0, 4\)/,
    ],
    [
      'atomic alignment below natural',
      () => i32.atomic.load(0, 0, 2),
      /i32.atomic.load: alignment 2, expected 4 bytes/,
    ],
    ['lane fractional', () => f32x4.extract_lane(f32x4.const(1), 0.5), /lane 0.5 is not/],
    [
      'fifteen lanes',
      () => i8x16.shuffle(i8x16.const(1), i8x16.const(2), new Array<number>(15).fill(0)),
      /i8x16.shuffle: got 15 lanes/,
    ],
    [
      'shuffle lane too large',
      () => i8x16.shuffle(i8x16.const(1), i8x16.const(2), new Array<number>(16).fill(32)),
      /lane 32 is not/,
    ],
    ['negative offset', () => i32.load(0, -4), /i32.load: offset -4 is not an integer in \[0, 2\^32\)/],
    ['offset too large', () => i32.load(0, 2 ** 32), /offset 4294967296/],
    ['alignment no power of two', () => v128.load(0, 0, 3), /alignment 3/],
    ['i32 out of range', () => i32.const(2 ** 32), /i32.const: 4294967296 is not an integer of 32 bits/],
    ['i32 fractional', () => i32.const(1.5), /i32.const: 1.5 is not/],
    ['i64 out of range', () => i64.const(2n ** 64n), /i64.const: 18446744073709551616 is not an integer of 64 bits/],
  ])('%s', (_name, value, message) => {
    expect(messageOf((f) => f.drop(value() as Expr<'i32'>))).toMatch(message);
  });

  test('a constant of another kind than its type', () => {
    expect(messageOf((f) => f.constant('v128', 5))).toMatch(/v128.const: expected 16 bytes for v128/);
    expect(messageOf((f) => f.constant('i32', new Uint8Array(16)))).toMatch(/i32.const: expected 16 bytes for v128/);
  });

  test('lane constants', () => {
    expect(() => f32x4.const(1, 2, 3)).toThrow(/f32x4.const: got 3 lanes, expected 4, or 1 for all of them/);
    expect(() => i32x4.splat(0.5)).toThrow(/i32x4.const: lane 0.5 is not an integer of 32 bits/);
    expect(() => i8x16.const(256)).toThrow(/i8x16.const: lane 256/);
  });

  test('operands that TypeScript would refuse', () => {
    expect(() => Reflect.apply(f32.add, undefined, [1])).toThrow(/f32.add: an operand of type f32 is missing/);
    expect(() => Reflect.apply(v128.and, undefined, [f32x4.const(1), 3])).toThrow(
      /v128.and: the number 3 has no lane shape here/,
    );
  });
});
