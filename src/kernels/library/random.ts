/**
 * Random draws. out[i] is computed from word i of the Philox stream that begins at block (counterLow, counterHigh) of
 * `stream` under key (key0, key1). A block has four words. The SIMD bodies compute four blocks at a time, one in each
 * lane: word w of four blocks is one vector. The words are converted to floats and transposed, so that the blocks are
 * stored one after another.
 */
import { PHILOX_M0, PHILOX_M1, PHILOX_ROUNDS, PHILOX_W0, PHILOX_W1, philox } from '../../core/philox.ts';
import {
  type Expr,
  type FunctionBuilder,
  f32x4,
  i32,
  i32x4,
  i64,
  i64x2,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';
import { normalQuantile } from '../simd/elementary.ts';
import { type Pointer, shuffleWords, storeLanes, transpose4x4, type Vector } from '../simd/vectors.ts';
import { LINE } from '../split.ts';

const DRAW = 'out: address; key0, key1, counterLow, counterHigh, stream: i32; first, second: f32; count: i32';
export type DrawKernel = KernelOf<typeof DRAW>;

/** out[i] = low + (high - low) u[i], with u = (word >>> 8) 2^-24 in [0, 1); `first` is low, `second` high */
export const randomUniform: DrawKernel = /*#__PURE__*/ draw('randomUniform', {
  portable:
    ({ round }) =>
    (word, low, high) =>
      low + round(round(high - low) * ((word >>> 8) * 2 ** -24)),
  simd: () => (word, low, high) => {
    const u = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(word, 8)), 2 ** -24);
    return f32x4.add(low, f32x4.mul(f32x4.sub(high, low), u));
  },
  cost: 8,
});

/**
 * out[i] = mean + stddev quantile(p[i]), with p = ((word >>> 9) + 1/2) 2^-23; `first` is the mean, `second` the stddev
 */
export const randomNormal: DrawKernel = /*#__PURE__*/ draw('randomNormal', {
  portable:
    ({ round, normalQuantile }) =>
    (word, mean, stddev) =>
      mean + round(stddev * normalQuantile(((word >>> 9) + 0.5) * 2 ** -23)),
  simd: (module) => {
    // The quantile is long, so it is a separate function: otherwise its code would be repeated for each of the four
    // words of a block.
    const quantile = module.function('normalQuantile', { p: 'v128' }, 'v128', (f, { p }) => normalQuantile(f, p), {
      exported: false,
    });
    return (word, mean, stddev) => {
      const whole = f32x4.convert_i32x4_u(i32x4.shr_u(word, 9));
      const p = f32x4.mul(f32x4.add(whole, 0.5), 2 ** -23);
      return f32x4.add(mean, f32x4.mul(stddev, quantile.call({ p })));
    };
  },
  cost: 16,
});

interface Draw {
  readonly portable: (arithmetic: Arithmetic) => (word: number, first: number, second: number) => number;
  readonly simd: (module: ModuleBuilder) => (word: Vector, first: Vector, second: Vector) => Expr<'v128'>;
  readonly cost: number;
}

/** A kernel that computes a float from each word of a stream. */
function draw(name: string, { portable, simd, cost }: Draw): DrawKernel {
  return kernel(name, DRAW, {
    portable: (heap, arithmetic) => {
      const { round } = arithmetic;
      const toFloat = portable(arithmetic);
      const words = new Int32Array(4);
      return (out, key0, key1, counterLow, counterHigh, stream, first, second, count) => {
        const f = heap.floats;
        const [a, b] = [round(first), round(second)];
        for (let i = 0; i < count; i += 4) {
          const low = (counterLow >>> 0) + (i >>> 2);
          const high = (counterHigh + (low > 0xffffffff ? 1 : 0)) | 0;
          philox(words, low | 0, high, stream, 0, key0, key1);
          for (let lane = 0; lane < 4 && i + lane < count; lane++) f[out + i + lane] = toFloat(words[lane]!, a, b);
        }
      };
    },
    simd: (f, { out, key0, key1, counterLow, counterHigh, stream, first, second, count }, { module }) => {
      const toFloat = simd(module);
      const firsts = f.let(f32x4.splat(first));
      const seconds = f.let(f32x4.splat(second));
      const high = i64.shl(i64.extend_i32_u(counterHigh), 32);
      const counter = f.let(i64.or(high, i64.extend_i32_u(counterLow)), 'counter');
      const end = f.let(i32.add(out, i32.shl(count, 2)), 'end');
      f.while(i32.lt_u(out, end), () => {
        const words = philoxBlocks(f, counter, stream, key0, key1);
        const floats = words.map((word) => f.let(toFloat(word, firsts, seconds)));
        for (const block of transpose4x4(f, floats)) storeBlock(f, out, end, block);
        f.set(counter, i64.add(counter, 4));
      });
    },
    // A block has four floats, so the counter advances by a quarter of the count.
    split: (at) => ({
      length: (args) => args[at.count]!,
      grain: LINE,
      cost: () => cost,
      part(out, args, begin, end) {
        const low = (args[at.counterLow]! >>> 0) + begin / 4;
        out[at.out] = args[at.out]! + begin;
        out[at.counterLow] = low | 0;
        out[at.counterHigh] = (args[at.counterHigh]! + (low > 0xffffffff ? 1 : 0)) | 0;
        out[at.count] = end - begin;
      },
    }),
  });
}

/** Stores the next four floats, or fewer if `end` comes first. */
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

/** Words 0 to 3 of the blocks counter ... counter + 3, one block in each lane. */
function philoxBlocks(
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

/** The lower (0) or upper (1) word of each of four 64-bit lanes. */
function words(low: Vector, high: Vector, which: 0 | 1): Expr<'v128'> {
  return shuffleWords(low, high, [which, 2 + which, 4 + which, 6 + which]);
}
