/**
 * Operations and losses against PyTorch in float64 (test/fixtures/operations.py): values, gradients, and gradients of
 * the gradients. Both compute in float64, by other formulas in part, so they differ by some roundings: 1e-12 for values
 * and gradients, 1e-11 for second derivatives, relative to the largest element or to 1. Probabilities near 1e-7 are not
 * among the inputs, so the margins of Keras do not matter.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as ganvas from '../../src/index.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import type { FixtureTensor } from '../support/fixtures.ts';
import { valuesOf } from '../support/float64.ts';
import { float64Runtime } from '../support/gradient-check.ts';
import { hashedFloats } from '../support/reference.ts';

const { add, gradients, mul, scope, sum, tensor, variable } = ganvas;
type Tensor = ganvas.Tensor;
type Settings = Readonly<Record<string, number | boolean | string | readonly number[]>>;

interface OperationCase {
  readonly name: string;
  readonly settings?: Settings;
  readonly inputs: readonly FixtureTensor[];
  readonly y: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
}

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/operations.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly OperationCase[];
};

type Call = (settings: Settings, ...inputs: Tensor[]) => Tensor;

const axisOf = ({ axis }: Settings): number | readonly number[] | undefined =>
  axis as number | readonly number[] | undefined;

/** Losses with weights as their last input. */
const weighted =
  (loss: (labels: Tensor, predictions: Tensor, options: object) => Tensor): Call =>
  (settings, labels, predictions, weights) =>
    loss(labels!, predictions!, { ...settings, ...(weights === undefined ? {} : { weights }) });

/** What differs from a function of one tensor. */
const CALLS: Readonly<Record<string, Call>> = {
  elu: ({ alpha }, x) => ganvas.elu(x!, alpha as number | undefined),
  gelu: ({ approximate }, x) => ganvas.gelu(x!, approximate as boolean | undefined),
  pow: ({ exponent }, x, z) => ganvas.pow(x!, z ?? (exponent as number)),
  prelu: (_, x, alpha) => ganvas.prelu(x!, alpha!),
  matmul: (settings, a, b) => ganvas.matmul(a!, b!, settings),
  flip: (settings, x) => ganvas.flip(x!, axisOf(settings)),
  tile: ({ repetitions }, x) => ganvas.tile(x!, repetitions as readonly number[]),
  gather: ({ indices }, x) => ganvas.gather(x!, indices as readonly number[]),
  upsampling2d: (settings, x) => ganvas.upsampling2d(x!, settings),
  layerNorm: (settings, x, gamma, beta) => ganvas.layerNorm(x!, { ...settings, gamma: gamma!, beta: beta! }),
  groupNorm: (settings, x, gamma, beta) => ganvas.groupNorm(x!, 2, { ...settings, gamma: gamma!, beta: beta! }),
  maximum: (_, a, b) => ganvas.maximum(a!, b!),
  minimum: (_, a, b) => ganvas.minimum(a!, b!),
  where: (_, a, b) => ganvas.where(tensor([1, 0, 0, 1, 1, 0], [2, 3]), a!, b!),
  max: (settings, x) => ganvas.max(x!, axisOf(settings)),
  min: (settings, x) => ganvas.min(x!, axisOf(settings)),
  prod: (settings, x) => ganvas.prod(x!, axisOf(settings)),
  logSumExp: (settings, x) => ganvas.logSumExp(x!, axisOf(settings)),
  softmax: ({ axis }, x) => ganvas.softmax(x!, axis as number | undefined),
  norm: (settings, x) =>
    ganvas.norm(x!, settings['ord'] === undefined ? 'euclidean' : Number(settings['ord']), axisOf(settings)),
  binaryCrossentropy: weighted(ganvas.binaryCrossentropy),
  meanSquaredError: weighted(ganvas.meanSquaredError),
  meanAbsoluteError: weighted(ganvas.meanAbsoluteError),
  huber: weighted(ganvas.huber),
  poisson: weighted(ganvas.poisson),
  hinge: weighted(ganvas.hinge),
  klDivergence: weighted(ganvas.klDivergence),
  categoricalCrossentropy: weighted(ganvas.categoricalCrossentropy),
  sparseCategoricalCrossentropy: (settings, predictions, weights) =>
    ganvas.sparseCategoricalCrossentropy(tensor([2, 0]), predictions!, { ...settings, weights: weights! }),
};

function callOf(name: string): Call {
  const functions: Readonly<Record<string, unknown>> = { ...ganvas };
  return CALLS[name] ?? ((_, x) => (functions[name] as typeof ganvas.sin)(x!));
}

const towards = (x: Tensor, salt: number): Tensor => sum(mul(x, tensor(hashedFloats(x.size, salt, -1, 1), x.shape)));

function expectNear(what: string, got: Tensor, expected: readonly number[], tolerance: number): void {
  const values = valuesOf(got);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expect(values.length, what).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(values[i]! - value), `${what}[${i}]: got ${values[i]}, expected ${value}`).toBeLessThanOrEqual(
      tolerance * scale,
    );
  });
}

describe('against PyTorch: values, gradients, second derivatives', () => {
  const titled = cases.map((one) => [`${one.name} ${JSON.stringify(one.settings ?? {})}`, one] as const);

  it.each(titled)('%s', (_, { name, settings = {}, inputs, y, gradients: first, second }) => {
    withRuntime(float64Runtime(), () =>
      scope(() => {
        const variables = inputs.map(({ shape, values }) => variable(tensor([...values], shape)));
        const got = callOf(name)(settings, ...variables);
        expectNear('y', got, y, 1e-12);
        const grads = gradients(towards(got, 1), variables, { record: true });
        for (const [i, gradient] of grads.entries()) expectNear(`gradient ${i}`, gradient, first[i]!, 1e-12);
        const total = grads.map((gradient, i) => towards(gradient, 2 + i)).reduce((a, b) => add(a, b));
        gradients(total, variables, { unconnected: 'zeros' }).forEach((gradient, i) => {
          expectNear(`second derivative ${i}`, gradient, second[i]!, 1e-11);
        });
        for (const one of variables) one.dispose();
      }),
    );
  });

  it('has the operations of these files', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
  });
});
