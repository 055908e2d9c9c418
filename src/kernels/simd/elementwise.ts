/** SIMD elementwise kernels and their gradients. */
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32x4,
  i32,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import type { KernelName } from '../contract.ts';
import { exp, log, sigmoid, tanh } from './elementary.ts';
import { advance, choose, mapVectors, type Pointer, toBytes, type Vector } from './vectors.ts';

type Binary = 'add' | 'sub' | 'mul' | 'div';
type Unary = 'neg' | 'square' | 'sqrt' | 'exp' | 'log' | 'abs' | 'tanh' | 'sigmoid' | 'relu';
type Backward = 'absBackward' | 'tanhBackward' | 'sigmoidBackward' | 'reluBackward';
type WithConstants = 'leakyRelu' | 'clip' | 'leakyReluBackward' | 'clipBackward' | 'dropout';
type Names = Binary | Unary | Backward | WithConstants;

export function elementwise(module: ModuleBuilder): Readonly<Record<Names, FunctionHandle>> {
  const one = f32x4.const(1);
  const zero = f32x4.const(0);
  return {
    add: binary(module, 'add', (a, b) => f32x4.add(a, b)),
    sub: binary(module, 'sub', (a, b) => f32x4.sub(a, b)),
    mul: binary(module, 'mul', (a, b) => f32x4.mul(a, b)),
    div: binary(module, 'div', (a, b) => f32x4.div(a, b)),

    neg: unary(module, 'neg', (_, x) => f32x4.neg(x)),
    square: unary(module, 'square', (_, x) => f32x4.mul(x, x)),
    sqrt: unary(module, 'sqrt', (_, x) => f32x4.sqrt(x)),
    exp: unary(module, 'exp', exp),
    log: unary(module, 'log', log),
    abs: unary(module, 'abs', (_, x) => f32x4.abs(x)),
    tanh: unary(module, 'tanh', tanh),
    sigmoid: unary(module, 'sigmoid', sigmoid),
    // max, unlike pmax, keeps a NaN and makes -0 a 0.
    relu: unary(module, 'relu', (_, x) => f32x4.max(x, zero)),

    // dx = sign(x) dy
    absBackward: backward(module, 'absBackward', (dy, x) => {
      const sign = v128.or(v128.and(f32x4.gt(x, 0), one), v128.and(f32x4.lt(x, 0), f32x4.const(-1)));
      return f32x4.mul(sign, dy);
    }),
    // dx = dy (1 - y y)
    tanhBackward: backward(module, 'tanhBackward', (dy, y) => f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)))),
    // dx = dy (y (1 - y))
    sigmoidBackward: backward(module, 'sigmoidBackward', (dy, y) => f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)))),
    // dx = x > 0 ? dy : 0
    reluBackward: backward(module, 'reluBackward', (dy, x) => v128.and(f32x4.gt(x, 0), dy)),

    // out = x > 0 ? x : slope x
    leakyRelu: module.function(
      'f32_leakyRelu_simd128',
      { out: 'i32', x: 'i32', slope: 'f32', count: 'i32' },
      'void',
      (f, { out, x, slope, count }) => {
        toBytes(f, out, x);
        const slopes = f.let(f32x4.splat(slope));
        mapVectors(f, out, [x], count, (value) => choose(f32x4.gt(value!, 0), value!, f32x4.mul(slopes, value!)));
      },
    ),
    // out = min(max(x, low), high)
    clip: module.function(
      'f32_clip_simd128',
      { out: 'i32', x: 'i32', low: 'f32', high: 'f32', count: 'i32' },
      'void',
      (f, { out, x, low, high, count }) => {
        toBytes(f, out, x);
        const lows = f.let(f32x4.splat(low));
        const highs = f.let(f32x4.splat(high));
        mapVectors(f, out, [x], count, (value) => f32x4.min(f32x4.max(value!, lows), highs));
      },
    ),
    // dx = x > 0 ? dy : slope dy
    leakyReluBackward: module.function(
      'f32_leakyReluBackward_simd128',
      { dx: 'i32', dy: 'i32', x: 'i32', slope: 'f32', count: 'i32' },
      'void',
      (f, { dx, dy, x, slope, count }) => {
        toBytes(f, dx, dy, x);
        const slopes = f.let(f32x4.splat(slope));
        mapVectors(f, dx, [dy, x], count, (g, value) => choose(f32x4.gt(value!, 0), g!, f32x4.mul(slopes, g!)));
      },
    ),
    // dx = low <= x <= high ? dy : 0
    clipBackward: module.function(
      'f32_clipBackward_simd128',
      { dx: 'i32', dy: 'i32', x: 'i32', low: 'f32', high: 'f32', count: 'i32' },
      'void',
      (f, { dx, dy, x, low, high, count }) => {
        toBytes(f, dx, dy, x);
        const lows = f.let(f32x4.splat(low));
        const highs = f.let(f32x4.splat(high));
        mapVectors(f, dx, [dy, x], count, (g, value) =>
          v128.and(g!, v128.and(f32x4.ge(value!, lows), f32x4.le(value!, highs))),
        );
      },
    ),
    // out = u >= rate ? x scale : 0
    dropout: module.function(
      'f32_dropout_simd128',
      { out: 'i32', x: 'i32', u: 'i32', rate: 'f32', scale: 'f32', count: 'i32' },
      'void',
      (f, { out, x, u, rate, scale, count }) => {
        toBytes(f, out, x, u);
        const rates = f.let(f32x4.splat(rate));
        const scales = f.let(f32x4.splat(scale));
        mapVectors(f, out, [x, u], count, (value, draw) => v128.and(f32x4.ge(draw!, rates), f32x4.mul(value!, scales)));
      },
    ),
  };
}

function unary(
  module: ModuleBuilder,
  name: KernelName,
  body: (f: FunctionBuilder, x: Vector) => Expr<'v128'>,
): FunctionHandle {
  return module.function(
    `f32_${name}_simd128`,
    { out: 'i32', x: 'i32', count: 'i32' },
    'void',
    (f, { out, x, count }) => {
      toBytes(f, out, x);
      mapVectors(f, out, [x], count, (value) => body(f, value!));
    },
  );
}

function backward(
  module: ModuleBuilder,
  name: Backward,
  body: (dy: Vector, x: Vector) => Expr<'v128'>,
): FunctionHandle {
  return module.function(
    `f32_${name}_simd128`,
    { dx: 'i32', dy: 'i32', x: 'i32', count: 'i32' },
    'void',
    (f, { dx, dy, x, count }) => {
      toBytes(f, dx, dy, x);
      mapVectors(f, dx, [dy, x], count, (g, value) => body(g!, value!));
    },
  );
}

/** Row by row: vector with vector, vector with a repeated element, or two repeated ones. */
function binary(
  module: ModuleBuilder,
  name: Binary,
  operate: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>,
): FunctionHandle {
  return module.function(
    `f32_${name}_simd128`,
    {
      out: 'i32',
      a: 'i32',
      b: 'i32',
      rows: 'i32',
      columns: 'i32',
      aRowStep: 'i32',
      aColumnStep: 'i32',
      bRowStep: 'i32',
      bColumnStep: 'i32',
    },
    'void',
    (f, { out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep }) => {
      toBytes(f, out, a, b, aRowStep, bRowStep);
      const i = f.local('i32', 'i');
      const j = f.local('i32', 'j');
      const splat = (pointer: Pointer): Vector => f.let(v128.load32_splat(pointer));
      f.while(rows, () => {
        f.set(i, a);
        f.set(j, b);
        f.if(
          aColumnStep,
          () => {
            f.if(
              bColumnStep,
              () => mapVectors(f, out, [i, j], columns, (x, y) => operate(x!, y!)),
              () => {
                const y = splat(j);
                mapVectors(f, out, [i], columns, (x) => operate(x!, y));
              },
            );
          },
          () => {
            const x = splat(i);
            f.if(
              bColumnStep,
              () => mapVectors(f, out, [j], columns, (y) => operate(x, y!)),
              () => {
                const y = splat(j);
                mapVectors(f, out, [], columns, () => operate(x, y));
              },
            );
          },
        );
        advance(f, aRowStep, a);
        advance(f, bRowStep, b);
        f.set(rows, i32.sub(rows, 1));
      });
    },
  );
}
