/** Compares the losses with PyTorch in float64 (test/fixtures/layers.py). */
import { describe, expect, it } from 'vitest';
import { binaryCrossentropy, gradients, meanSquaredError, type Tensor, variable } from '../../src/index.ts';
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
