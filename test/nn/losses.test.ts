/** Compares the losses with PyTorch in float64 (test/fixtures/layers.py). */
import { describe, expect, it } from 'vitest';
import { binaryCrossentropy, gradients, meanSquaredError, type Tensor, tensor, variable } from '../../src/index.ts';
import { type LossCase, readLayers } from '../support/fixtures.ts';
import { expectClose, float32Tolerance } from './expect-close.ts';
import { fromFixture } from './layers/support.ts';

function lossOf(one: LossCase, labels: Tensor | number, predictions: Tensor): Tensor {
  if (one.function === 'meanSquaredError') return meanSquaredError(labels, predictions);
  return binaryCrossentropy(labels, predictions, { fromLogits: one.fromLogits === true });
}

function check(one: LossCase, labels: Tensor | number): void {
  const { float32Error } = one;
  const predictions = variable(fromFixture(one.predictions));
  const loss = lossOf(one, labels, predictions);
  const [dPredictions] = gradients(loss, [predictions]);
  expect(loss.shape).toEqual([]);
  expectClose('loss', [loss.item()], [one.loss], float32Tolerance(float32Error.loss, [one.loss]));
  const expected = one.gradients.predictions.values;
  // Near the clip the gradient is 1 / 1e-7. PyTorch rounds 1 - p there too, so the error in the fixture covers it.
  expectClose('dpredictions', dPredictions!.data, expected, float32Tolerance(float32Error.predictions, expected));
}

describe('against PyTorch: the loss and its gradient', () => {
  for (const one of readLayers().losses) {
    it(`${one.function}, ${one.name}`, () => check(one, fromFixture(one.labels)));
    const [first] = one.labels.values;
    if (one.labels.values.every((label) => label === first)) {
      it(`${one.function}, ${one.name}, one number for all labels`, () => check(one, first!));
    }
  }
});

describe('binaryCrossentropy', () => {
  it('expects probabilities by default, as Keras does', () => {
    const p = tensor([0.9, 0.2]);
    expect(binaryCrossentropy(1, p).item()).toBe(binaryCrossentropy(1, p, { fromLogits: false }).item());
    // -(log 0.9 + log 0.2) / 2
    expect(binaryCrossentropy(1, p).item()).toBeCloseTo(0.857399, 6);
  });

  it('from logits: does not overflow, and small losses are within half an ulp of 1', () => {
    expect(binaryCrossentropy(0, tensor([1e4, -1e4]), { fromLogits: true }).item()).toBe(5000);
    for (const z of [5, 10, 15, 17, 20]) {
      const loss = binaryCrossentropy(1, tensor([z]), { fromLogits: true }).item();
      // The argument of log(1 + x) is rounded to float32.
      expectClose(`z = ${z}`, [loss], [Math.log1p(Math.exp(-z))], { atol: 2 ** -24, rtol: 1e-6 });
    }
  });

  it('from logits: the gradient of a confident wrong answer is full size, that of a confident right one 0', () => {
    const logits = variable(tensor([-1e4, 1e4]));
    const [dLogits] = gradients(binaryCrossentropy(1, logits, { fromLogits: true }), [logits]);
    expect([...dLogits!.data]).toEqual([-0.5, 0]);
  });
});
