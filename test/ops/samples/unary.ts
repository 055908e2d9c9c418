import type { Tensor } from '../../../src/autograd/tensor.ts';
import { neg } from '../../../src/ops/arithmetic.ts';
import { clip } from '../../../src/ops/clip.ts';
import { logicalNot } from '../../../src/ops/comparison.ts';
import { ceil, floor, round, sign } from '../../../src/ops/rounding.ts';
import { abs, exp, leakyRelu, log, relu, sigmoid, softplus, sqrt, square, tanh } from '../../../src/ops/unary.ts';
import { type Nd, nd, ndAwayFrom, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { printShape, SHAPES } from './shapes.ts';

export interface Domain {
  readonly low: number;
  readonly high: number;
  readonly kinks?: readonly number[];
  /** Chosen values: signed zeros, saturation and other special cases. */
  readonly extra: readonly number[];
}

/** @param float32 - as in OpCase, or the largest error of a float32 run. */
export function unaryCase(
  name: string,
  run: (x: Tensor) => Tensor,
  of: (x: number) => number,
  domain: Domain,
  float32: OpCase['float32'] | ((x: number) => number) = 'exact',
): OpCase {
  const sample = (label: string, x: Nd): OpSample => ({
    label,
    inputs: [x],
    run: ([t]) => run(t!),
    reference: ([one]) => nd(one!.shape, Array.from(one!.values, of)),
    ...(typeof float32 === 'function' ? { bound: ([one]) => nd(one!.shape, one!.values.map(float32)) } : {}),
  });
  const samples = SHAPES.map((shape, i) =>
    sample(printShape(shape), ndAwayFrom(domain.kinks ?? [], 0.05, ndRandom(shape, 200 + i, domain.low, domain.high))),
  );
  samples.push(sample('chosen values', nd([domain.extra.length], domain.extra.map(Math.fround))));
  return { name, samples, float32: typeof float32 === 'function' ? 'bound' : float32 };
}

export const real: Domain = { low: -3, high: 3, extra: [0, -0, 1, -1, 20, -20, 1e-3] };
export const positive: Domain = { low: 0.25, high: 4, extra: [0.1, 1, 16, 100, 1000] };
export const kinked: Domain = { low: -3, high: 3, kinks: [0], extra: [0.01, -0.01, 50, -50] };
/** Away from the whole numbers and the halves. */
const jumping: Domain = {
  low: -3,
  high: 3,
  kinks: [-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3],
  extra: [0.01, -0.01, 50.25, -50.25, 1000.25],
};

export const unaryCases: readonly OpCase[] = [
  unaryCase('neg', neg, (x) => -x, real),
  unaryCase('square', square, (x) => x * x, real),
  unaryCase('sqrt', sqrt, Math.sqrt, positive),
  unaryCase('exp', exp, Math.exp, { ...real, extra: [0, -0, 5, -5, -20, -80] }, 'two ulp'),
  unaryCase('log', log, Math.log, positive, 'two ulp'),
  unaryCase('abs', abs, Math.abs, kinked),
  unaryCase('tanh', tanh, Math.tanh, real, 'two ulp'),
  unaryCase(
    'sigmoid',
    sigmoid,
    (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
    { ...real, extra: [0, -0, 30, -30, -80] },
    'two ulp',
  ),
  // log(1 + e^x) = max(x, 0) + log1p(e^-|x|): exp and log within 2 ulp each, and three more roundings.
  unaryCase(
    'softplus',
    softplus,
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    { ...real, extra: [0, -0, 30, -30, -80, 100] },
    'four ulp',
  ),
  unaryCase('sign', sign, Math.sign, kinked),
  unaryCase('logicalNot', logicalNot, (x) => Number(x === 0), real),
  unaryCase('floor', floor, Math.floor, jumping),
  unaryCase('ceil', ceil, Math.ceil, jumping),
  unaryCase('round', round, Math.round, jumping),
  unaryCase('relu', relu, (x) => Math.max(x, 0), kinked),
  // The slope is a power of 2, so that a float32 run is exact. conventions.test.ts checks the default slope.
  unaryCase(
    'leakyRelu',
    (x) => leakyRelu(x, 0.25),
    (x) => (x > 0 ? x : 0.25 * x),
    kinked,
  ),
  unaryCase(
    'clip',
    (x) => clip(x, -0.5, 0.75),
    (x) => Math.min(Math.max(x, -0.5), 0.75),
    {
      low: -2,
      high: 2,
      kinks: [-0.5, 0.75],
      extra: [0, -0, 20, -20],
    },
  ),
];
