/**
 * The formulas of kernels written a second time, one element at a time and as plainly as possible, on a Float32Array:
 * those whose bits depend on an order of sums or on random words. f(...) marks each rounding to float32. Elementwise
 * kernels and those on windows are checked by the samples of their operations, gemm in gemm.test.ts. Only exp, log,
 * sigmoid, the quantile and Philox are shared with src: they have their own tests.
 */
import { exp, log, normalQuantile, sigmoid } from '../../src/core/elementary.ts';
import { philox } from '../../src/core/philox.ts';
import type { Address } from '../../src/kernels/kernel.ts';
import type { Kernels } from '../support/kernel-sets.ts';

const f = Math.fround;

/** max(v, 0): NaN stays NaN, -0 becomes 0. */
function positivePart(v: number): number {
  if (v <= 0) return 0;
  return v;
}

export function referenceKernels(memory: Float32Array): Partial<Kernels> {
  const x = memory;
  const bytes = new Uint8Array(memory.buffer);
  const ints = new Int32Array(memory.buffer);

  const pairwise = (
    out: Address,
    p: Address,
    q: Address,
    count: number,
    of: (p: number, q: number) => number,
  ): void => {
    for (let i = 0; i < count; i++) x[out + i] = of(x[p + i]!, x[q + i]!);
  };
  /**
   * Terms `from` to before `to` in chains of at most 256, those in blocks of 256 chains, those in one row: `span` is
   * the length of a part.
   */
  const chainedSum = (from: number, to: number, at: (i: number) => number, span: number = 256 ** 2): number => {
    let total = 0;
    for (let part = from; part < to; part += span) {
      const end = Math.min(part + span, to);
      total = f(total + (span === 1 ? at(part) : chainedSum(part, end, at, span / 256)));
    }
    return total;
  };
  const columnSum = (rows: number, at: (r: number) => number): number => chainedSum(0, rows, at);
  /** Sum of `count` numbers in the four lanes of the contract. */
  const laneSum = (count: number, at: (i: number) => number): number => {
    const lane = (l: number): number => chainedSum(0, Math.max(0, Math.ceil((count - l) / 4)), (i) => at(4 * i + l));
    return f(f(lane(0) + lane(1)) + f(lane(2) + lane(3)));
  };
  const random = (
    out: Address,
    key: readonly [number, number],
    block: bigint,
    stream: number,
    count: number,
    of: (word: number) => number,
  ): void => {
    const words = new Int32Array(4);
    for (let i = 0; i < count; i++) {
      const counter = BigInt.asUintN(64, block + BigInt(i >> 2));
      philox(words, Number(counter & 0xffffffffn) | 0, Number(counter >> 32n) | 0, stream, 0, key[0], key[1]);
      x[out + i] = of(words[i & 3]! >>> 0);
    }
  };
  const block = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

  /** xhat, and the result before and after the LeakyReLU, of one element. */
  const normalized = (value: number, c: number, mean: Address, inverse: Address): number =>
    f(f(value - x[mean + c]!) * x[inverse + c]!);
  const affine = (xhat: number, c: number, gamma: Address, beta: Address): number =>
    f(f(xhat * x[gamma + c]!) + x[beta + c]!);

  /** The elements of a group of columns of one image: their places in the matrix, and sums in lanes by columns. */
  const groupOf = (g: number, groups: number, rows: number, width: number) => {
    const column = (g % groups) * width;
    const start = Math.floor(g / groups) * rows * groups * width + column;
    const places = Array.from({ length: rows * width }, (_, k) => {
      const c = k % width;
      return [start + ((k - c) / width) * groups * width + c, c] as const;
    });
    // Each row fills up its last vector with zeros.
    const padded = 4 * Math.ceil(width / 4);
    const sum = (of: (i: number, c: number) => number): number =>
      laneSum(rows * padded, (k) => {
        const c = k % padded;
        return c < width ? of(...places[((k - c) / padded) * width + c]!) : 0;
      });
    return { places, column, sum };
  };

  return {
    fill(out, value, count) {
      for (let i = 0; i < count; i++) x[out + i] = value;
    },
    copy(out, from, rows, columns, outStride, rowStep, columnStep) {
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) x[out + r * outStride + c] = x[from + r * rowStep + c * columnStep]!;
    },
    sumRows(out, from, rows, columns, stride) {
      for (let r = 0; r < rows; r++) x[out + r] = laneSum(columns, (c) => x[from + r * stride + c]!);
    },
    sumColumns(out, from, rows, columns, stride) {
      for (let c = 0; c < columns; c++) x[out + c] = columnSum(rows, (r) => x[from + r * stride + c]!);
    },
    countNonFinite(from, count) {
      return x.subarray(from, from + count).filter((v) => !Number.isFinite(v)).length;
    },

    moments(mean, variance, from, rows, columns, stride) {
      for (let c = 0; c < columns; c++) {
        const average = f(columnSum(rows, (r) => x[from + r * stride + c]!) / f(rows));
        const squares = columnSum(rows, (r) => {
          const deviation = f(x[from + r * stride + c]! - average);
          return f(deviation * deviation);
        });
        x[mean + c] = average;
        x[variance + c] = f(squares / f(rows));
      }
    },
    inverseStddev(out, variance, epsilon, count) {
      for (let i = 0; i < count; i++) x[out + i] = f(1 / f(Math.sqrt(f(x[variance + i]! + f(epsilon)))));
    },
    movingAverage(out, moving, batch, oldShare, newShare, count) {
      pairwise(out, moving, batch, count, (old, fresh) => f(f(f(oldShare) * old) + f(f(newShare) * fresh)));
    },
    batchNormalize(y, from, mean, inverse, gamma, beta, slope, rows, columns) {
      for (let i = 0; i < rows * columns; i++) {
        const c = i % columns;
        const v = affine(normalized(x[from + i]!, c, mean, inverse), c, gamma, beta);
        x[y + i] = v > 0 ? v : f(f(slope) * v);
      }
    },
    batchNormalizeSums(dgamma, dbeta, dy, from, mean, inverse, gamma, beta, slope, rows, columns, stride) {
      for (let c = 0; c < columns; c++) {
        const parts = Array.from({ length: rows }, (_, r) => {
          const xhat = normalized(x[from + r * stride + c]!, c, mean, inverse);
          const d = x[dy + r * stride + c]!;
          return { xhat, dv: affine(xhat, c, gamma, beta) > 0 ? d : f(f(slope) * d) };
        });
        x[dgamma + c] = columnSum(rows, (r) => f(parts[r]!.dv * parts[r]!.xhat));
        x[dbeta + c] = columnSum(rows, (r) => parts[r]!.dv);
      }
    },
    batchNormalizeBackward(dx, dy, from, mean, inverse, gamma, beta, dgamma, dbeta, slope, share, rows, columns) {
      for (let i = 0; i < rows * columns; i++) {
        const c = i % columns;
        const xhat = normalized(x[from + i]!, c, mean, inverse);
        const d = x[dy + i]!;
        const dv = affine(xhat, c, gamma, beta) > 0 ? d : f(f(slope) * d);
        const centred = f(dv - f(x[dbeta + c]! * f(share)));
        x[dx + i] = f(f(x[gamma + c]! * x[inverse + c]!) * f(centred - f(xhat * f(x[dgamma + c]! * f(share)))));
      }
    },

    sigmoidCrossEntropy(out, logits, labels, labelStep, count) {
      const total = laneSum(count, (i) => {
        const z = x[logits + i]!;
        const y = x[labels + i * labelStep]!;
        return f(f(positivePart(z) - f(z * y)) + log(f(1 + exp(-Math.abs(z)))));
      });
      x[out] = f(total / f(count));
    },
    sigmoidCrossEntropyBackward(dz, dy, logits, labels, labelStep, total, count) {
      for (let i = 0; i < count; i++)
        x[dz + i] = f(f(sigmoid(x[logits + i]!) - x[labels + i * labelStep]!) * f(x[dy]! / f(total)));
    },

    softmaxCrossEntropy(losses, logits, labels, rows, classes) {
      for (let r = 0; r < rows; r++) {
        const z = x.subarray(logits + r * classes, logits + (r + 1) * classes);
        const max = z.reduce((a, b) => Math.max(a, b), -Infinity);
        const sum = laneSum(classes, (c) => exp(f(z[c]! - max)));
        x[losses + r] = f(log(sum) - f(z[x[labels + r]!]! - max));
      }
    },
    softmaxCrossEntropyBackward(dz, dy, logits, labels, rows, classes) {
      for (let r = 0; r < rows; r++) {
        const z = x.slice(logits + r * classes, logits + (r + 1) * classes);
        const max = z.reduce((a, b) => Math.max(a, b), -Infinity);
        const sum = laneSum(classes, (c) => exp(f(z[c]! - max)));
        z.forEach((one, c) => {
          const p = f(exp(f(one - max)) / sum);
          x[dz + r * classes + c] = f(f(p - (c === x[labels + r]! ? 1 : 0)) * x[dy + r]!);
        });
      }
    },

    adam(w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon, count) {
      let wrong = 0;
      for (let i = 0; i < count; i++) {
        const gradient = x[g + i]!;
        x[m + i] = f(f(f(beta1) * x[m + i]!) + f(f(rest1) * gradient));
        x[v + i] = f(f(f(beta2) * x[v + i]!) + f(f(rest2) * f(gradient * gradient)));
        const step = f(f(f(rate) * x[m + i]!) / f(f(Math.sqrt(x[v + i]!)) + f(epsilon)));
        x[w + i] = f(x[w + i]! - step);
        if (!Number.isFinite(x[w + i]!) || !Number.isFinite(x[v + i]!)) wrong++;
      }
      return wrong;
    },

    sumChosenRows(out, from, starts, counts, indices, weights, firstRow, rows, outRows, xRows, columns) {
      for (let r = 0; r < rows; r++) {
        const place = (firstRow + r) % outRows;
        const image = from + Math.floor((firstRow + r) / outRows) * xRows * columns;
        const first = ints[starts + place]!;
        for (let c = 0; c < columns; c++) {
          x[out + r * columns + c] = chainedSum(first, first + ints[counts + place]!, (t) =>
            f(x[weights + t]! * x[image + ints[indices + t]! * columns + c]!),
          );
        }
      }
    },
    normalizeGroups(y, mean, inverse, from, gamma, beta, epsilon, firstGroup, count, groups, rows, width) {
      for (let g = firstGroup; g < firstGroup + count; g++) {
        const { places, column, sum } = groupOf(g, groups, rows, width);
        const m = f(sum((i) => x[from + i]!) / f(rows * width));
        const variance = f(sum((i) => f(f(x[from + i]! - m) ** 2)) / f(rows * width));
        const s = f(1 / f(Math.sqrt(f(variance + f(epsilon)))));
        [x[mean + g], x[inverse + g]] = [m, s];
        for (const [i, c] of places)
          x[y + i] = f(f(f(f(x[from + i]! - m) * s) * x[gamma + column + c]!) + x[beta + column + c]!);
      }
    },
    normalizeGroupsBackward(dx, scaled, dy, from, mean, inverse, gamma, firstGroup, count, groups, rows, width) {
      for (let g = firstGroup; g < firstGroup + count; g++) {
        const { places, column, sum } = groupOf(g, groups, rows, width);
        const xhat = (i: number): number => f(f(x[from + i]! - x[mean + g]!) * x[inverse + g]!);
        const gradient = (i: number, c: number): number => f(x[dy + i]! * x[gamma + column + c]!);
        const shift = f(sum(gradient) / f(rows * width));
        const share = f(sum((i, c) => f(gradient(i, c) * xhat(i))) / f(rows * width));
        for (const [i, c] of places) {
          x[scaled + i] = f(x[dy + i]! * xhat(i));
          x[dx + i] = f(x[inverse + g]! * f(f(gradient(i, c) - shift) - f(xhat(i) * share)));
        }
      }
    },
    gatherBytes(out, source, indices, centre, halfRange, rows, columns) {
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) {
          const byte = bytes[4 * source + ints[indices + r]! * columns + c]!;
          x[out + r * columns + c] = f(f(byte - f(centre)) / f(halfRange));
        }
    },
    randomUniform(out, key0, key1, low, high, stream, from, to, count) {
      const range = f(f(to) - f(from));
      random(out, [key0, key1], block(low, high), stream, count, (word) =>
        f(f(from) + f(range * (Math.floor(word / 256) / 2 ** 24))),
      );
    },
    randomNormal(out, key0, key1, low, high, stream, mean, stddev, count) {
      random(out, [key0, key1], block(low, high), stream, count, (word) =>
        f(f(mean) + f(f(stddev) * normalQuantile((Math.floor(word / 512) + 0.5) / 2 ** 23))),
      );
    },
    dropout(out, from, u, rate, scale, count) {
      pairwise(out, from, u, count, (v, chance) => (chance >= f(rate) ? f(v * f(scale)) : 0));
    },
  };
}
