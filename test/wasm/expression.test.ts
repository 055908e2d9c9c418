import { expect, test } from 'vitest';
import { type Expr, f32, f32x4, i32, i32x4, i64, select, v128 } from '../../src/wasm/index.ts';
import { run } from './helpers.ts';

test('float constants keep their bits: -0, NaN, infinities, subnormals, the nearest float32', () => {
  const values = [0, -0, NaN, Infinity, -Infinity, 1e-45, 2 ** -126, 0.1, 16777217, 3.4028234663852886e38, 1e39];
  const { call } = run((module) => {
    values.forEach((value, k) => {
      module.function(`f32 ${k}`, {}, 'f32', () => f32.const(value));
      module.function(`bits ${k}`, {}, 'i32', (f) => {
        f.emit(f32.store(0, value));
        return i32.load(0);
      });
    });
  });
  values.forEach((value, k) => {
    expect(call(`f32 ${k}`)).toBe(Math.fround(value));
    expect(call(`bits ${k}`)).toBe(new Int32Array(Float32Array.of(value).buffer)[0]);
  });
  expect(call('bits 2')).toBe(0x7fc00000);
});

test('vector constants: lanes in memory order, one number for all, splats of numbers', () => {
  const cases: [Expr<'v128'>, ArrayBufferView][] = [
    [f32x4.const(1, -0, 0.1, Infinity), Float32Array.of(1, -0, 0.1, Infinity)],
    [f32x4.const(0.1), new Float32Array(4).fill(0.1)],
    [f32x4.splat(-2.5), new Float32Array(4).fill(-2.5)],
    [i32x4.const(1, -2, 2 ** 31, 2 ** 32 - 1), Int32Array.of(1, -2, -(2 ** 31), -1)],
    [i32x4.splat(-7), new Int32Array(4).fill(-7)],
  ];
  const { call, memory } = run((module) => {
    cases.forEach(([value], k) => {
      module.function(`${k}`, {}, 'void', (f) => f.emit(v128.store(0, value)));
    });
  });
  cases.forEach(([, expected], k) => {
    call(`${k}`);
    expect(new Uint8Array(memory.buffer, 0, 16)).toEqual(new Uint8Array(expected.buffer));
  });
});

test('a number operand fills the lanes of the operand shape, not of the result shape', () => {
  const { call, view } = run((module) => {
    module.function('run', { x: 'i32' }, 'void', (f, { x }) => {
      const ints = f.let(i32x4.splat(x));
      f.emit(
        v128.store(0, f32x4.mul(f32x4.convert_i32x4_s(ints), 0.5)),
        v128.store(16, i32x4.add(ints, i32x4.const(10))),
        v128.store(32, i32x4.shl(ints, 4)),
      );
    });
  });
  call('run', 7);
  expect(view.getFloat32(12, true)).toBe(3.5);
  expect([16, 20, 24, 28].map((at) => view.getInt32(at, true))).toEqual([17, 17, 17, 17]);
  expect(view.getInt32(44, true)).toBe(112);
});

test('select computes both sides', () => {
  const { call } = run((module) => {
    module.function('select', { c: 'i32' }, 'f32', (_f, { c }) => select(f32.const(1), 2, c));
    module.function('vector', { c: 'i32' }, 'f32', (_f, { c }) =>
      f32x4.extract_lane(select(f32x4.const(1), f32x4.const(2), c), 3),
    );
    module.function('eager', { a: 'i32', b: 'i32' }, 'i32', (_f, { a, b }) => select(i32.div_u(a, b), -1, b));
  });
  expect([call('select', 1), call('select', 0)]).toEqual([1, 2]);
  expect([call('vector', 5), call('vector', 0)]).toEqual([1, 2]);
  expect(call('eager', 7, 2)).toBe(3);
  expect(() => call('eager', 7, 0)).toThrow(/divide by zero/);
});

test('64-bit literals are numbers of 32 bits, with sign', () => {
  const { call } = run((module) => {
    module.function('sum', { x: 'i64' }, 'i64', (_f, { x }) => i64.add(i64.add(x, 2), -40));
  });
  expect(call('sum', 2n ** 40n)).toBe(2n ** 40n - 38n);
});
