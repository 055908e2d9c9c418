/** Cross-entropy of each row's softmax from logits, and its gradient. */
import { type Expr, type FunctionBuilder, f32, f32x4, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import type { Heap } from '../heap.ts';
import { type Address, type KernelOf, kernel } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';
import { exp, log } from '../simd/elementary.ts';
import { advance, choose, mapVectors, type Pointer, repeat, type Vector } from '../simd/vectors.ts';
import { createSums, sumInLanes } from '../summation.ts';

const SOFTMAX_CROSS_ENTROPY = 'losses, logits, labels: address; rows, classes: i32';

/**
 * With m = max over c of z[r, c] and S = (four-lane sum over c of exp(z[r, c] - m)):
 *   losses[r] = log(S) - (z[r, label] - m).
 * `labels` are class numbers from 0 to classes - 1, as floats.
 */
export const softmaxCrossEntropy: KernelOf<typeof SOFTMAX_CROSS_ENTROPY> = /*#__PURE__*/ kernel(
  'softmaxCrossEntropy',
  SOFTMAX_CROSS_ENTROPY,
  {
    portable: (heap, arithmetic) => {
      const { round, log } = arithmetic;
      const readRow = rowReader(heap, arithmetic);
      return (losses, logits, labels, rows, classes) => {
        const f = heap.floats;
        for (let r = 0; r < rows; r++) {
          const row = logits + r * classes;
          const { max, sum } = readRow(row, classes);
          f[losses + r] = log(sum) - round(f[row + f[labels + r]!]! - max);
        }
      };
    },
    simd: (f, { losses, logits, labels, rows, classes }) =>
      repeat(f, rows, () => {
        const { max, sum } = emitRow(f, logits, classes);
        // log(S) - (z[label] - m)
        const offset = i32.shl(i32.trunc_sat_f32_s(f32.load(labels)), 2);
        const own = f32.sub(f32.load(i32.add(logits, offset)), f32x4.extract_lane(max, 0));
        f.emit(f32.store(losses, f32.sub(f32x4.extract_lane(log(f, sum), 0), own)));
        advance(f, 4, losses, labels);
        advance(f, i32.shl(classes, 2), logits);
      }),
    sample: { labels: 2 },
    split: { along: 'rows', move: { losses: 1, logits: 'classes', labels: 1 }, each: 'classes', cost: 6 },
  },
);

const SOFTMAX_CROSS_ENTROPY_BACKWARD = 'dz, dy, logits, labels: address; rows, classes: i32';

/** dz[r, c] = (exp(z[r, c] - m) / S - (c = label ? 1 : 0)) dy[r], with m and S as above */
export const softmaxCrossEntropyBackward: KernelOf<typeof SOFTMAX_CROSS_ENTROPY_BACKWARD> = /*#__PURE__*/ kernel(
  'softmaxCrossEntropyBackward',
  SOFTMAX_CROSS_ENTROPY_BACKWARD,
  {
    portable: (heap, arithmetic) => {
      const { round, exp } = arithmetic;
      const readRow = rowReader(heap, arithmetic);
      return (dz, dy, logits, labels, rows, classes) => {
        const f = heap.floats;
        for (let r = 0; r < rows; r++) {
          const row = logits + r * classes;
          const { max, sum } = readRow(row, classes);
          for (let c = 0; c < classes; c++) {
            const probability = round(exp(round(f[row + c]! - max)) / sum);
            f[dz + r * classes + c] = round(probability - (c === f[labels + r]! ? 1 : 0)) * f[dy + r]!;
          }
        }
      };
    },
    simd: (f, { dz, dy, logits, labels, rows, classes }) => {
      const column = f.local('v128', 'column');
      repeat(f, rows, () => {
        const { max, sum } = emitRow(f, logits, classes);
        const scale = f.let(v128.load32_splat(dy));
        const label = f.let(v128.load32_splat(labels));
        f.set(column, f32x4.const(0, 1, 2, 3));
        mapVectors(f, dz, [logits], classes, (z) => {
          const hot = f.let(v128.and(f32x4.eq(column, label), f32x4.const(1)));
          f.set(column, f32x4.add(column, 4));
          const probability = f32x4.div(exponential(f, z!, max), sum);
          return f32x4.mul(f32x4.sub(probability, hot), scale);
        });
        advance(f, 4, dy, labels);
      });
    },
    sample: { labels: 2 },
    split: {
      along: 'rows',
      move: { dz: 'classes', dy: 1, logits: 'classes', labels: 1 },
      each: 'classes',
      cost: 10,
    },
  },
);

/** Computes m and S of a row. */
function rowReader(
  heap: Heap,
  arithmetic: Arithmetic,
): (row: Address, classes: number) => { max: number; sum: number } {
  const { round, exp } = arithmetic;
  const { inLanes } = createSums(arithmetic);
  return (row, classes) => {
    const f = heap.floats;
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, f[row + c]!);
    return { max, sum: inLanes(classes, (c) => exp(round(f[row + c]! - max))) };
  };
}

/** Emits the computation of m and S of a row, each in all lanes. */
function emitRow(f: FunctionBuilder, row: Pointer, classes: Local<'i32'>): { max: Vector; sum: Vector } {
  const i = f.let(row, 'i');
  const left = f.let(classes, 'left');
  const lanes = f.let(f32x4.const(-Infinity), 'lanes');
  f.while(i32.gt_s(left, 0), () => {
    const inside = i32x4.lt_s(i32x4.const(0, 1, 2, 3), i32x4.splat(left));
    f.set(lanes, f32x4.max(lanes, choose(inside, v128.load(i), f32x4.const(-Infinity))));
    advance(f, 16, i);
    advance(f, -4, left);
  });
  const lane = (index: number): Expr<'f32'> => f32x4.extract_lane(lanes, index);
  const max = f.let(f32x4.splat(f32.max(f32.max(lane(0), lane(1)), f32.max(lane(2), lane(3)))), 'max');
  f.set(i, row);
  const sum = sumInLanes(f, i, classes, () => exponential(f, v128.load(i), max));
  return { max, sum: f.let(f32x4.splat(sum), 'sum') };
}

/** e^(z - m) */
function exponential(f: FunctionBuilder, z: Expr<'v128'>, max: Vector): Expr<'v128'> {
  return exp(f, f32x4.sub(z, max));
}
