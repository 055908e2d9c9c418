/**
 * Tensors that an operation uses and that change before its gradient is taken. The gradient is that of the recorded
 * pass, or gradients() throws. It is never a mixture of old and new values.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { createRandom, type Random } from '../../src/autograd/random.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, type Variable, variable, zeros } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { batchNormalization } from '../../src/nn/layers/batch-normalization.ts';
import { leakyReLU } from '../../src/nn/layers/simple.ts';
import { sequential } from '../../src/nn/sequential.ts';
import { batchMoments, batchNormInference, batchNormTraining } from '../../src/ops/batch-normalization.ts';
import { dropout } from '../../src/ops/dropout.ts';
import { binaryCrossentropy, meanSquaredError } from '../../src/ops/losses.ts';
import { sum } from '../../src/ops/reduce.ts';
import { sparseCategoricalCrossentropy } from '../../src/ops/softmax-cross-entropy.ts';
import { square } from '../../src/ops/unary.ts';
import { countKernels } from '../support/spy.ts';
import { thrownBy } from '../support/thrown.ts';

const gradientsOf = (loss: Tensor, variables: readonly Variable[]): number[][] =>
  gradients(loss, variables).map((one) => Array.from(one.data));

const rows = [
  [1, 2],
  [3, 5],
  [-1, 0],
];

describe('batch normalisation in inference mode', () => {
  it.each([1, 0.3])('keeps the moments of its call, negativeSlope %d', (negativeSlope) => {
    const x = variable(tensor(rows));
    const [gamma, beta] = [variable(tensor([1, 2])), variable(tensor([0.1, -0.2]))];
    const [mean, variance] = [variable(tensor([0.5, 1])), variable(tensor([2, 3]))];
    const loss = sum(square(batchNormInference(x, { mean, variance }, { gamma, beta, negativeSlope })));
    const expected = gradientsOf(loss, [x, gamma, beta]);
    mean.assign([40, -7]);
    variance.assign([0.1, 9]);
    expect(gradientsOf(loss, [x, gamma, beta])).toEqual(expected);
  });

  it('the gradients of the first loss do not change if a call in training mode moves the statistics in between', () => {
    const model = sequential([batchNormalization({ momentum: 0.5, inputShape: [2] }), leakyReLU()]);
    const x = tensor(rows);
    const loss = sum(square(model.call(x)));
    const expected = gradientsOf(loss, model.trainableWeights);
    for (let i = 0; i < 3; i++) model.call(x, { training: true });
    expect(gradientsOf(loss, model.trainableWeights)).toEqual(expected);
  });

  it('copies the mean only where something is recorded', () => {
    const model = sequential([batchNormalization({ inputShape: [2] })]);
    const copies = (body: () => Tensor): number | undefined => scope(() => countKernels(body).counts.copy);
    expect(copies(() => model.predict(tensor(rows)))).toBeUndefined();
    expect(copies(() => model.call(tensor(rows)))).toBe(1);
    expect(copies(() => model.call(tensor(rows), { training: true }))).toBeUndefined();
  });
});

describe('refused', () => {
  const changed = /was changed after|needs for its gradient was changed/;

  it('the moments of a batch, changed after the call', () => {
    const x = variable(tensor(rows));
    const moments = batchMoments(x);
    const gamma = variable(tensor([1, 1]));
    const loss = sum(square(batchNormTraining(x, moments, { gamma, beta: tensor([0, 0]) })));
    variable(moments.mean).assign([9, 9]);
    expect(thrownBy(RuntimeError, () => gradients(loss, [gamma])).message).toBe(
      'gradients: a tensor that batchNormTraining needs for its gradient was changed after it had been used. ' +
        'Take all gradients of a pass before changing what it used.',
    );
  });

  it('the draws of a dropout, from a random generator that hands out a variable', () => {
    const x = variable(tensor([1, 2, 3]));
    const u = variable(tensor([0.9, 0.1, 0.9]));
    const real = createRandom(1);
    const random: Random = {
      uniform: () => u,
      normal: (shape) => real.normal(shape),
      permutation: (n) => real.permutation(n),
      state: () => real.state(),
    };
    const loss = sum(square(dropout(x, 0.5, random)));
    expect(gradientsOf(loss, [x])).toEqual([[8, 0, 24]]);
    u.assign([0.1, 0.9, 0.1]);
    expect(() => gradients(loss, [x])).toThrow(changed);
  });

  it.each<[string, (labels: Tensor, x: Tensor) => Tensor]>([
    ['binaryCrossentropy from logits', (y, x) => binaryCrossentropy(y, x, { fromLogits: true })],
    ['binaryCrossentropy', (y, x) => binaryCrossentropy(y, x)],
    ['meanSquaredError', (y, x) => meanSquaredError(y, x)],
  ])('the labels of %s', (_, loss) => {
    const [labels, x] = [variable(tensor([0, 1])), variable(tensor([0.3, 0.6]))];
    const recorded = loss(labels, x);
    labels.assign([1, 0]);
    expect(() => gradients(recorded, [x])).toThrow(changed);
  });

  it('the labels of sparseCategoricalCrossentropy', () => {
    const [labels, logits] = [variable(tensor([0, 1])), variable(zeros([2, 3]))];
    const loss = sparseCategoricalCrossentropy(labels, logits);
    labels.assign([1, 2]);
    expect(() => gradients(loss, [logits])).toThrow(changed);
  });
});
