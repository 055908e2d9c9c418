/**
 * Gradients of every operation in float32 on the SIMD kernels, against the float64 Jacobian of the portable ones,
 * within an a-priori bound.
 *
 * A gradient is g_j = sum over outputs i of dy_i J_ij. Computed in float32, its error is at most
 *     gamma_K sum_i |dy_i| A_ij,  gamma_K = K u / (1 - K u),  u = 2^-24   (N. Higham, Accuracy and Stability, section 3.1),
 * where A_ij is the sum of the absolute values of the terms that J_ij consists of (|J_ij| where it is a product), and K
 * the number of roundings that a term passes through: as many additions as the column has terms, and those of the
 * operation's own formula, listed below. Inputs are float32 numbers, so they bring no error of their own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { tensor, variable } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { configure, runtimeInfo } from '../../src/index.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import { mul } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { square } from '../../src/ops/unary.ts';
import { PLACES } from '../ops/samples/group-normalization.ts';
import { ALL_OP_CASES } from '../ops/samples/index.ts';
import { valuesOf } from '../support/float64.ts';
import { byGradients, float64Runtime, toTensor } from '../support/gradient-check.ts';
import { type Nd, nd } from '../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../support/op-check.ts';
import { hashedFloats } from '../support/reference.ts';
import { thrownBy } from '../support/thrown.ts';

/** [output][input][element] */
type Rows = readonly (readonly Float64Array[])[];

interface Analysis {
  /** Roundings within one term. Values of exp, log, tanh and sigmoid are within 2 ulp, which is at most 4 u. */
  readonly roundings: number | ((sample: OpSample) => number);
  /** Additions within one entry of the Jacobian, beside those over outputs. Default 0. */
  readonly additions?: (sample: OpSample) => number;
  /** The terms' absolute values, where an entry is more than a product. Default |J|. */
  readonly magnitude?: (sample: OpSample, rows: Rows) => Rows;
}

const elements = ({ inputs }: OpSample): number => inputs[1]!.values.length;
const rowsOf = ({ shape, values }: Nd): number => values.length / Math.max(1, shape[shape.length - 1]!);

/**
 * A from a function of the place of the entry, for those operations whose output i depends on element i of the input
 * only.
 */
function elementwise(of: (x: number) => number): (sample: OpSample, rows: Rows) => Rows {
  return ({ inputs }, rows) =>
    rows.map((row, i) =>
      row.map((entries, which) => entries.map((_, j) => (i === j ? of(inputs[which]!.values[j]!) : 0))),
    );
}

/**
 * A of a mean loss, from the terms of each element's derivative by label and prediction. One label for all gathers all
 * its elements.
 */
function meanLoss(
  byLabel: (y: number, p: number) => number,
  byPrediction: (y: number, p: number) => number,
): (sample: OpSample, rows: Rows) => Rows {
  return ({ inputs }, rows) => {
    const [labels, predictions] = [inputs[0]!, inputs[1]!];
    const count = predictions.values.length;
    const shared = labels.shape.length === 0;
    const label = (k: number): number => labels.values[shared ? 0 : k]!;
    return rows.map(() => {
      const dLabels = new Float64Array(labels.values.length);
      predictions.values.forEach((p, k) => {
        dLabels[shared ? 0 : k]! += byLabel(label(k), p) / count;
      });
      return [dLabels, predictions.values.map((p, k) => byPrediction(label(k), p) / count)];
    });
  };
}

/**
 * Batch normalisation in training. X bounds |x - mean| / stddev and what cancels in it: twice the column's largest |x|
 * times the inverse. That inverse has the relative error of the variance, which the mean's error enters with X^2. A
 * term of dx is the gradient itself, its mean, or xhat times the mean of gradient times xhat.
 */
function batchNormTerms({ inputs }: OpSample, rows: Rows): Rows {
  const [x, gamma] = [inputs[0]!, inputs[1]!];
  const features = gamma.values.length;
  const count = rowsOf(x);
  const largest = new Float64Array(features);
  x.values.forEach((value, i) => {
    largest[i % features] = Math.max(largest[i % features]!, Math.abs(value));
  });
  return rows.map((row, output) => {
    const c = output % features;
    const dv = Math.abs(row[2]![c]!);
    // d y / d x = gamma inverse (...), and its largest entry cannot pass gamma inverse (1 + ...): the inverse from
    // epsilon = 1e-3 on.
    const inverse = inverseOf(x, c, features);
    const X = 2 * largest[c]! * inverse;
    const spread = 1 + X * X;
    const scale = Math.abs(gamma.values[c]!) * inverse * dv * spread;
    return [
      x.values.map((_, i) => (i % features === c ? scale * ((i === output ? 1 : 0) + (1 + X * X) / count) : 0)),
      gamma.values.map((_, j) => (j === c ? dv * X * spread : 0)),
      gamma.values.map((_, j) => (j === c ? dv : 0)),
    ];
  });
}

/** The same for group and layer normalisation, whose moments are those of a group. */
function groupNormTerms(sample: OpSample, rows: Rows): Rows {
  const [x, gamma] = sample.inputs as readonly [Nd, Nd, Nd];
  const channels = gamma.values.length;
  const result: Float64Array[][] = [];
  for (const places of PLACES.get(sample)!) {
    const values = places.map((place) => x.values[place]!);
    const inverse = inverseOf(nd([values.length], values), 0, 1);
    const X = 2 * Math.max(...values.map(Math.abs)) * inverse;
    const spread = 1 + X * X;
    for (const output of places) {
      const c = output % channels;
      const scale = Math.abs(gamma.values[c]!) * inverse * spread;
      const dx = new Float64Array(x.values.length);
      for (const place of places) dx[place] = scale * ((place === output ? 1 : 0) + spread / places.length);
      const own = (term: number): Float64Array => gamma.values.map((_, j) => (j === c ? term : 0));
      result[output] = [dx, own(X * spread), own(1)];
    }
  }
  return rows.map((_, output) => result[output]!);
}

function largestGroup(sample: OpSample): number {
  return Math.max(0, ...PLACES.get(sample)!.map(({ length }) => length));
}

/** 2 |x| / rows and 2 |mean| / rows, at most 2 max |x| / rows, whose difference an entry of the variance is. */
function momentsTerms({ inputs }: OpSample, rows: Rows): Rows {
  const { values } = inputs[0]!;
  const features = rows.length / 2;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const term = (j: number): number => (2 * (Math.abs(values[j]!) + largest) * features) / values.length;
  return rows.map((row, output) =>
    row.map((entries) =>
      entries.map((entry, j) => (output >= features && j % features === output - features ? term(j) : Math.abs(entry))),
    ),
  );
}

/** 1 / sqrt(variance + epsilon) at the smaller epsilon of the samples, the larger value. */
function inverseOf({ values }: Nd, column: number, features: number): number {
  const own = values.filter((_, i) => i % features === column);
  const mean = own.reduce((total, value) => total + value, 0) / own.length;
  const variance = own.reduce((total, value) => total + (value - mean) ** 2, 0) / own.length;
  return 1 / Math.sqrt(variance + 1e-3);
}

/** p / n and hot / n, whose difference the entry is: only the label's is negative. */
function softmaxTerms({ inputs }: OpSample, rows: Rows): Rows {
  const count = inputs[0]!.shape[0]!;
  return rows.map(([entries]) => [entries!.map((entry) => (entry < 0 ? entry + 2 / count : entry))]);
}

const MOVED: Analysis = { roundings: 0 };
/** dy times an elementary function: what is not listed must stay within it. */
const ELEMENTARY: Analysis = { roundings: 5 };
const sigmoidOf = (z: number): number => 1 / (1 + Math.exp(-z));

/** By the formula that stands above each operation. */
const ANALYSES: Readonly<Record<string, Analysis>> = {
  add: MOVED,
  sub: MOVED,
  mul: { roundings: 1 },
  // -(dy / b) y, y = a / b
  div: { roundings: 3 },
  neg: MOVED,
  // dy (x + x), the sum exact
  square: { roundings: 1 },
  // dy / (y + y)
  sqrt: { roundings: 2 },
  exp: { roundings: 5 },
  log: { roundings: 1 },
  abs: MOVED,
  // 1 - y y: y^2 has twice the error of y and a rounding
  tanh: { roundings: 2 * 4 + 3, magnitude: elementwise((x) => 1 + Math.tanh(x) ** 2) },
  // y (1 - y)
  sigmoid: { roundings: 2 * 4 + 3, magnitude: elementwise((x) => sigmoidOf(x) * (1 + sigmoidOf(x))) },
  relu: MOVED,
  // the slope itself is rounded
  leakyRelu: { roundings: 2 },
  'leakyRelu with slope': { roundings: 2 },
  clip: MOVED,
  matmul: { roundings: 1 },
  // Sums of products, in two stages where they are spread: fewer additions than terms.
  conv2d: { roundings: 1 },
  conv2dTranspose: { roundings: 1 },
  // Windows that overlap add up.
  maxPooling2d: MOVED,
  sum: MOVED,
  mean: { roundings: 1 },
  reshape: MOVED,
  transpose: MOVED,
  slice: MOVED,
  concat: MOVED,
  broadcastTo: MOVED,
  // the scale 1 / (1 - rate) is rounded
  dropout: { roundings: 2 },
  batchNormTraining: {
    // Moments, normalisation, both sums and the product of xhat and dgamma: each has the column's additions twice at
    // most.
    roundings: ({ inputs }) => 6 * rowsOf(inputs[0]!) + 48,
    magnitude: batchNormTerms,
  },
  // Sums run in four lanes, so each of the six has a quarter of the group's additions.
  groupNorm: { roundings: (sample) => 2 * largestGroup(sample) + 24, magnitude: groupNormTerms },
  layerNorm: { roundings: (sample) => 2 * largestGroup(sample) + 24, magnitude: groupNormTerms },
  // (x - mean) inverse, inverse = 1 / sqrt(variance + epsilon), epsilon and slope rounded; for the variance, that times
  // gamma / inverse and inverse^3 / 2
  batchNormInference: { roundings: 10 + 12 },
  // 1 / rows, and 2 (x - mean) / rows, whose mean has as many roundings as rows
  batchMoments: { roundings: ({ inputs }) => rowsOf(inputs[0]!) + 4, magnitude: momentsTerms },
  // (sigmoid(z) - y) (dy / n); -z (dy / n)
  binaryCrossentropy: {
    roundings: 4 + 3,
    additions: elements,
    magnitude: meanLoss(
      (_, z) => Math.abs(z),
      (y, z) => sigmoidOf(z) + Math.abs(y),
    ),
  },
  // y / p and (1 - y) / (1 - p); log p and log(1 - p), whose argument has been rounded: an absolute error of u
  'binaryCrossentropy of probabilities': {
    roundings: 4 + 5,
    additions: elements,
    magnitude: meanLoss(
      (_, p) => Math.abs(Math.log(p)) + Math.abs(Math.log(1 - p)) + 1,
      (y, p) => y / p + (1 - y) / (1 - p),
    ),
  },
  // (e^(z - m) / S - hot) (dy / n): z - m is rounded by u |z - m|, which its exponential takes as a relative error, as
  // S does
  sparseCategoricalCrossentropy: {
    roundings: ({ inputs }) => {
      const { values, shape } = inputs[0]!;
      return 2 * Math.ceil(Math.max(...values) - Math.min(...values)) + shape[1]! + 2 * 4 + 6;
    },
    magnitude: softmaxTerms,
  },
  // dy / n (p - y + p - y)
  meanSquaredError: {
    roundings: 3,
    additions: elements,
    magnitude: meanLoss(
      (y, p) => 2 * Math.abs(p - y),
      (y, p) => 2 * Math.abs(p - y),
    ),
  },
};

/**
 * For operations without an analysis of their own, most of them composed of several: 32 roundings of intermediate
 * values that are at most the largest entry of the Jacobian, or 1, such as the 1 of y + 1 or of 1 - y^2.
 */
const COMPOSED: Analysis = {
  roundings: 32,
  magnitude: (_, rows) => {
    const largest = rows.reduce(
      (most, row) => Math.max(most, ...row.map((one) => Math.max(0, ...one.map(Math.abs)))),
      1,
    );
    return rows.map((row) => row.map((entries) => entries.map((entry) => (entry === 0 ? 0 : largest))));
  },
};

const COMPOSED_OPS: readonly RegExp[] = [
  /^(expm1|erf|asinh|elu|selu|gelu|swish|mish|softsign|logSumExp|softmax|logSoftmax)\b/,
  /^(logCosh|poisson|squaredHinge|categoricalCrossentropy|klDivergence)\b/,
  / with weights$|^sparseCategoricalCrossentropy of/,
];

function analysisOf(op: OpCase): Analysis {
  if (COMPOSED_OPS.some((pattern) => pattern.test(op.name))) return COMPOSED;
  return ANALYSES[op.name] ?? ANALYSES[op.name.split(' ')[0]!] ?? ELEMENTARY;
}

/** g_j and its bound for the upstream gradient dy, from the rows in float64. */
function expectedGradients(
  op: OpCase,
  sample: OpSample,
  rows: Rows,
  dy: ArrayLike<number>,
): { value: Nd[]; bound: Nd[] } {
  const { roundings, additions = () => 0, magnitude } = analysisOf(op);
  const own = (typeof roundings === 'number' ? roundings : roundings(sample)) + additions(sample);
  const terms = magnitude?.(sample, rows) ?? rows;
  const value: Nd[] = [];
  const bound: Nd[] = [];
  sample.inputs.forEach((input, which) => {
    const g = new Float64Array(input.values.length);
    const limit = new Float64Array(input.values.length);
    for (let j = 0; j < g.length; j++) {
      let count = 0;
      let total = 0;
      for (let i = 0; i < rows.length; i++) {
        if (dy[i] === 0) continue;
        g[j]! += dy[i]! * rows[i]![which]![j]!;
        const term = Math.abs(dy[i]! * terms[i]![which]![j]!);
        if (term > 0) count++;
        total += term;
      }
      const k = (count + own) * UNIT;
      limit[j] = (k / (1 - k)) * total;
    }
    value.push(nd(input.shape, g));
    bound.push(nd(input.shape, limit));
  });
  return { value, bound };
}

function compare(
  op: OpCase,
  sample: OpSample,
  rows: Rows,
  dy: ArrayLike<number>,
  got: readonly Float64Array[],
  what: string,
): number {
  const { value, bound } = expectedGradients(op, sample, rows, dy);
  let largestRatio = 0;
  got.forEach((values, which) => {
    values.forEach((one, j) => {
      const expected = value[which]!.values[j]!;
      const limit = bound[which]!.values[j]!;
      const error = Math.abs(one - expected);
      if (!(error <= limit)) {
        throw new Error(
          `${op.name}, ${sample.label}, ${what}: gradient of input ${which}[${j}]: got ${one}, expected ${expected} within ${limit}`,
        );
      }
      if (limit > 0) largestRatio = Math.max(largestRatio, error / limit);
    });
  });
  return largestRatio;
}

/** The gradients for a dense upstream gradient, as one backward pass in float32 gives them. */
function denseGradients(sample: OpSample, dy: readonly number[]): Float64Array[] {
  return scope(() => {
    const variables = sample.inputs.map((input) => variable(toTensor(input)));
    const y = sample.run(variables);
    const got = gradients(sum(mul(y, tensor([...dy], y.shape))), variables).map(valuesOf);
    for (const one of variables) one.dispose();
    return got;
  });
}

beforeAll(() => configure({ kernels: 'simd', threads: 1 }));
afterAll(() => configure({ kernels: 'auto' }));

describe('gradients in float32 on SIMD', () => {
  const report = { operations: 0, samples: 0, entries: 0, gradients: 0 };

  it.each(ALL_OP_CASES.map((op) => [op.name, op.samples.length, op] as const))(
    'of %s, %d samples: the full Jacobian and a dense upstream gradient are within gamma_K',
    (_, __, op) => {
      expect(runtimeInfo().kernels).toBe('simd');
      let largestRatio = 0;
      op.samples.forEach((sample, salt) => {
        const rows = withRuntime(float64Runtime(), () => byGradients(sample.run, sample.inputs));
        const got = byGradients(sample.run, sample.inputs);
        expect(got.length).toBe(rows.length);
        got.forEach((row, i) => {
          const oneHot = rows.map((__, k) => (k === i ? 1 : 0));
          largestRatio = Math.max(largestRatio, compare(op, sample, rows, oneHot, row, `output ${i}`));
          report.entries += row.reduce((total, { length }) => total + length, 0);
        });
        const dy = Array.from(hashedFloats(rows.length, 77 + salt, -2, 2));
        if (rows.length > 0) {
          const dense = denseGradients(sample, dy);
          largestRatio = Math.max(largestRatio, compare(op, sample, rows, dy, dense, 'dense upstream'));
          report.gradients += dense.length;
        }
        report.samples++;
      });
      report.operations++;
      // An error beyond the bound has thrown. Errors come near it, too: a bound much too wide would hide a mistake. 0
      // where all is exact.
      if (largestRatio > 0) expect(largestRatio).toBeGreaterThan(0.01);
    },
  );

  it('cover every operation and sample', () => {
    const samples = ALL_OP_CASES.reduce((total, op) => total + op.samples.length, 0);
    expect(report).toMatchObject({ operations: ALL_OP_CASES.length, samples });
    expect(samples).toBeGreaterThanOrEqual(25 * ALL_OP_CASES.length);
    console.log(
      `gradients in float32 on SIMD: ${report.operations} operations, ${report.samples} samples, ${report.entries} entries of Jacobians, ${report.gradients} dense gradients`,
    );
  });
});

describe('the gradient of a gradient that was not recorded', () => {
  it.each(ALL_OP_CASES.map((op) => [op.name, op] as const))('of %s is a typed error, for each input', (_, op) => {
    for (const sample of op.samples) {
      scope(() => {
        const variables = sample.inputs.map((input) => variable(toTensor(input)));
        const first = gradients(sum(sample.run(variables)), variables);
        first.forEach((gradient, i) => {
          // Of a loss of the gradient alone, and of one in which it meets its variable.
          for (const loss of [sum(square(gradient)), sum(mul(gradient, variables[i]!))]) {
            const error = thrownBy(RuntimeError, () => gradients(loss, [variables[i]!]));
            expect(error.message, sample.label).toMatch(
              /^gradients: the loss depends on a gradient that an earlier gradients\(\) call computed without \{ record: true \}/,
            );
          }
        });
        for (const one of variables) one.dispose();
      });
    }
  });
});
