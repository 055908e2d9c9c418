/** Cross-entropy of each row's softmax from logits, and its gradient. */
import { type Expr, type FunctionBuilder, f32, f32x4, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import type { Heap } from '../heap.ts';
import { type Address, type KernelOf, kernel } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';
import { exp, log } from '../simd/elementary.ts';
import { advance, choose, type Pointer, storeLanes, toBytes, type Vector } from '../simd/vectors.ts';
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
      const read = rowReader(heap, arithmetic);
      return (losses, logits, labels, rows, classes) => {
        const f = heap.floats;
        for (let r = 0; r < rows; r++) {
          const row = logits + r * classes;
          const { max, sum } = read(row, classes);
          f[losses + r] = log(sum) - round(f[row + f[labels + r]!]! - max);
        }
      };
    },
    simd: (f, { losses, logits, labels, rows, classes }) => {
      toBytes(f, classes);
      const row = new SimdRow(f, logits, classes);
      f.while(rows, () => {
        row.begin();
        // log(S) - (z[label] - m), S in all four lanes
        const sum = f.let(f32x4.splat(row.sum));
        const offset = i32.shl(i32.trunc_sat_f32_s(f32.load(labels)), 2);
        const own = f32.sub(f32.load(i32.add(logits, offset)), row.max);
        f.emit(f32.store(losses, f32.sub(f32x4.extract_lane(log(f, sum), 0), own)));
        advance(f, 4, losses, labels);
        advance(f, classes, logits);
        f.set(rows, i32.sub(rows, 1));
      });
    },
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
      const read = rowReader(heap, arithmetic);
      return (dz, dy, logits, labels, rows, classes) => {
        const f = heap.floats;
        for (let r = 0; r < rows; r++) {
          const row = logits + r * classes;
          const { max, sum } = read(row, classes);
          const label = f[labels + r]!;
          const scale = f[dy + r]!;
          for (let c = 0; c < classes; c++) {
            const probability = round(exp(round(f[row + c]! - max)) / sum);
            f[dz + r * classes + c] = round(probability - (c === label ? 1 : 0)) * scale;
          }
        }
      };
    },
    simd: (f, { dz, dy, logits, labels, rows, classes }) => {
      toBytes(f, classes);
      const row = new SimdRow(f, logits, classes);
      const out = f.local('i32', 'out');
      const column = f.local('v128', 'column');
      f.while(rows, () => {
        row.begin();
        const sum = f.let(f32x4.splat(row.sum));
        const scale = f.let(v128.load32_splat(dy));
        const label = f.let(v128.load32_splat(labels));
        f.set(out, dz);
        f.set(column, f32x4.const(0, 1, 2, 3));
        // (e^(z - m) / S - (c = label ? 1 : 0)) dy
        row.each((exponential, left) => {
          const hot = v128.and(f32x4.eq(column, label), f32x4.const(1));
          const value = f.let(f32x4.mul(f32x4.sub(f32x4.div(exponential, sum), hot), scale));
          f.if(
            i32.ge_u(left, 16),
            () => f.emit(v128.store(out, value)),
            () => storeLanes(f, out, value, f.let(i32.shr_u(left, 2))),
          );
          advance(f, 16, out);
          f.set(column, f32x4.add(column, 4));
        });
        advance(f, 4, dy, labels);
        advance(f, classes, logits, dz);
        f.set(rows, i32.sub(rows, 1));
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

/** Computes the largest logit of a row, and the four-lane sum of e^(z - max). */
function rowReader(heap: Heap, { round, exp }: Arithmetic): (row: Address, classes: number) => Row {
  const sums = createSums(heap, round);
  return (row, classes) => {
    const f = heap.floats;
    let max = -Infinity;
    for (let c = 0; c < classes; c++) max = Math.max(max, f[row + c]!);
    const sum = sums.inLanes(classes, (lanes, from, to) => {
      for (let c = from; c < to; c++) lanes[c & 3] = lanes[c & 3]! + exp(round(f[row + c]! - max));
    });
    return { max, sum };
  };
}

interface Row {
  readonly max: number;
  readonly sum: number;
}

/** One row of logits, read four at a time. Values loaded past its end are masked. */
class SimdRow {
  /** The largest logit. */
  readonly max: Local<'f32'>;
  /** The four-lane sum of e^(z - max). */
  readonly sum: Local<'f32'>;
  readonly #f: FunctionBuilder;
  readonly #start: Pointer;
  readonly #bytes: Local<'i32'>;
  readonly #pointer: Pointer;
  readonly #lanes: Vector;
  readonly #largest: Vector;

  constructor(f: FunctionBuilder, start: Pointer, bytes: Local<'i32'>) {
    this.#f = f;
    this.#start = start;
    this.#bytes = bytes;
    this.max = f.local('f32', 'max');
    this.sum = f.local('f32', 'sum');
    this.#pointer = f.local('i32', 'pointer');
    this.#lanes = f.local('v128', 'lanes');
    this.#largest = f.local('v128', 'largest');
  }

  /** Computes max and sum of the row at the pointer. */
  begin(): void {
    const f = this.#f;
    const lanes = this.#lanes;
    f.set(lanes, f32x4.const(-Infinity));
    this.#walk((mask) => {
      f.set(lanes, f32x4.max(lanes, choose(mask, v128.load(this.#pointer), f32x4.const(-Infinity))));
    });
    const lane = (i: number): Expr<'f32'> => f32x4.extract_lane(lanes, i);
    f.set(this.max, f32.max(f32.max(lane(0), lane(1)), f32.max(lane(2), lane(3))));
    f.set(this.#largest, f32x4.splat(this.max));
    f.set(this.#pointer, this.#start);
    const classes = f.let(i32.shr_u(this.#bytes, 2));
    f.set(
      this.sum,
      sumInLanes(f, this.#pointer, classes, () => this.#exponential()),
    );
  }

  /** Calls `body` for each vector, with e^(z - max) and the number of bytes from its start to the end of the row. */
  each(body: (exponential: Expr<'v128'>, left: Local<'i32'>) => void): void {
    this.#walk((_, left) => body(this.#exponential(), left));
  }

  #exponential(): Expr<'v128'> {
    return exp(this.#f, f32x4.sub(v128.load(this.#pointer), this.#largest));
  }

  #walk(body: (mask: Vector, left: Local<'i32'>) => void): void {
    const f = this.#f;
    const end = f.let(i32.add(this.#start, this.#bytes));
    f.set(this.#pointer, this.#start);
    f.for(this.#pointer, end, 16, () => {
      const left = f.let(i32.sub(end, this.#pointer));
      body(f.let(i32x4.lt_s(i32x4.const(0, 4, 8, 12), i32x4.splat(left))), left);
    });
  }
}
