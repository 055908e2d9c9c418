/**
 * SIMD random kernels. Four Philox blocks at a time, one a lane: word w of four blocks is one vector, turned into floats there and
 * transposed, so that block after block is stored.
 */
import { PHILOX_M0, PHILOX_M1, PHILOX_ROUNDS, PHILOX_W0, PHILOX_W1 } from '../../core/philox.ts';
import {
  type Expr,
  type FunctionBuilder,
  type FunctionHandle,
  f32x4,
  i32,
  i32x4,
  i64,
  i64x2,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { normalQuantile } from './elementary.ts';
import { shuffleWords, transpose4x4 } from './transpose.ts';
import { type Pointer, storeLanes, toBytes, type Vector } from './vectors.ts';

export function random(module: ModuleBuilder): Readonly<Record<'randomUniform' | 'randomNormal', FunctionHandle>> {
  // A function of its own: it is long, and the four words of a block would otherwise hold four copies of it.
  const quantile = module.function('normalQuantile', { p: 'v128' }, 'v128', (f, { p }) => normalQuantile(f, p), {
    exported: false,
  });
  return {
    // out = low + (high - low) u, u = (word >>> 8) 2^-24
    randomUniform: draw(module, 'randomUniform', (word, low, high) => {
      const u = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(word, 8)), 2 ** -24);
      return f32x4.add(low, f32x4.mul(f32x4.sub(high, low), u));
    }),
    // out = mean + stddev quantile(p), p = ((word >>> 9) + 1/2) 2^-23
    randomNormal: draw(module, 'randomNormal', (word, mean, stddev) => {
      const whole = f32x4.convert_i32x4_u(i32x4.shr_u(word, 9));
      const p = f32x4.mul(f32x4.add(whole, 0.5), 2 ** -23);
      return f32x4.add(mean, f32x4.mul(stddev, quantile.call({ p })));
    }),
  };
}

function draw(
  module: ModuleBuilder,
  name: string,
  toFloat: (word: Vector, first: Vector, second: Vector) => Expr<'v128'>,
): FunctionHandle {
  return module.function(
    `f32_${name}_simd128`,
    {
      out: 'i32',
      key0: 'i32',
      key1: 'i32',
      counterLow: 'i32',
      counterHigh: 'i32',
      stream: 'i32',
      first: 'f32',
      second: 'f32',
      count: 'i32',
    },
    'void',
    (f, { out, key0, key1, counterLow, counterHigh, stream, first, second, count }) => {
      toBytes(f, out);
      const firsts = f.let(f32x4.splat(first));
      const seconds = f.let(f32x4.splat(second));
      const high = i64.shl(i64.extend_i32_u(counterHigh), 32);
      const counter = f.let(i64.or(high, i64.extend_i32_u(counterLow)), 'counter');
      const end = f.let(i32.add(out, i32.shl(count, 2)), 'end');
      f.while(i32.lt_u(out, end), () => {
        const words = philox(f, counter, stream, key0, key1);
        const floats = words.map((word) => f.let(toFloat(word, firsts, seconds)));
        for (const block of transpose4x4(f, floats)) storeBlock(f, out, end, block);
        f.set(counter, i64.add(counter, 4));
      });
    },
  );
}

/** The next (up to) four floats, as far as they lie before `end`. */
function storeBlock(f: FunctionBuilder, out: Pointer, end: Pointer, block: Vector): void {
  f.if(i32.lt_u(out, end), () => {
    const left = f.let(i32.shr_u(i32.sub(end, out), 2));
    f.if(
      i32.ge_u(left, 4),
      () => f.emit(v128.store(out, block)),
      () => storeLanes(f, out, block, left),
    );
    f.set(out, i32.add(out, 16));
  });
}

/** Words 0 to 3 of the blocks counter ... counter + 3, a block a lane. */
function philox(
  f: FunctionBuilder,
  counter: Local<'i64'>,
  stream: Local<'i32'>,
  key0: Local<'i32'>,
  key1: Local<'i32'>,
): Vector[] {
  const lanesOf = (shift: number): Expr<'v128'> => {
    const word = (lane: number): Expr<'i32'> => i32.wrap_i64(i64.shr_u(i64.add(counter, lane), shift));
    return [1, 2, 3].reduce<Expr<'v128'>>((v, lane) => i32x4.replace_lane(v, word(lane), lane), i32x4.splat(word(0)));
  };
  const c0 = f.let(lanesOf(0));
  const c1 = f.let(lanesOf(32));
  const c2 = f.let(i32x4.splat(stream));
  const c3 = f.let(i32x4.const(0));
  const k0 = f.let(i32x4.splat(key0));
  const k1 = f.let(i32x4.splat(key1));
  const round = f.let(i32.const(PHILOX_ROUNDS), 'round');
  f.while(round, () => {
    const [high0, low0] = multiply(f, c0, PHILOX_M0);
    const [high1, low1] = multiply(f, c2, PHILOX_M1);
    f.set(c0, v128.xor(v128.xor(high1, c1), k0));
    f.set(c2, v128.xor(v128.xor(high0, c3), k1));
    f.set(c1, low1);
    f.set(c3, low0);
    f.set(k0, i32x4.add(k0, i32x4.const(PHILOX_W0 | 0)));
    f.set(k1, i32x4.add(k1, i32x4.const(PHILOX_W1 | 0)));
    f.set(round, i32.sub(round, 1));
  });
  return [c0, c1, c2, c3];
}

/** Upper and lower halves of the 64-bit products of four unsigned words with a constant. */
function multiply(f: FunctionBuilder, x: Vector, factor: number): [Expr<'v128'>, Expr<'v128'>] {
  const factors = i32x4.const(factor | 0);
  const low = f.let(i64x2.extmul_low_i32x4_u(x, factors));
  const high = f.let(i64x2.extmul_high_i32x4_u(x, factors));
  return [words(low, high, 1), words(low, high, 0)];
}

/** Of each of four 64-bit lanes the lower (0) or upper (1) word. */
function words(low: Vector, high: Vector, which: 0 | 1): Expr<'v128'> {
  return shuffleWords(low, high, [which, 2 + which, 4 + which, 6 + which]);
}
