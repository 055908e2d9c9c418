/** What the samples do not cover: exact values, very large logits, NaN, labels that are variables. */
import { describe, expect, it } from 'vitest';
import {
  configure,
  gradients,
  scope,
  sparseCategoricalCrossentropy,
  tensor,
  variable,
  zeros,
} from '../../src/index.ts';

describe.each(['portable', 'simd'] as const)('sparseCategoricalCrossentropy, %s kernels', (kernels) => {
  const run = (labels: readonly number[], logits: readonly (readonly number[])[]) => {
    const z = variable(tensor(logits));
    const loss = sparseCategoricalCrossentropy(tensor([...labels]), z);
    const [dz] = gradients(loss, [z]);
    return { loss: loss.item(), dz: dz!.toArray() };
  };

  it('is log(classes) for equal logits of any size', async () => {
    await configure({ kernels });
    for (const classes of [1, 2, 3, 4, 5, 10, 17]) {
      for (const logit of [0, 5, -5, 3e38, -3e38]) {
        const { loss } = run([classes - 1], [Array(classes).fill(logit)]);
        // log is within 2 ulp.
        expect(Math.abs(loss - Math.log(classes)), `${classes} of ${logit}`).toBeLessThanOrEqual(2 ** -22);
      }
    }
  });

  it('is 0 for a confident right answer and the difference of the logits for a confident wrong one', async () => {
    await configure({ kernels });
    const logits = [[1e4, 0, -1e4, 0, 0]];
    expect(run([0], logits)).toEqual({ loss: 0, dz: [[0, 0, 0, 0, 0]] });
    expect(run([2], logits)).toEqual({ loss: 2e4, dz: [[1, 0, -1, 0, 0]] });
    expect(run([4], logits)).toEqual({ loss: 1e4, dz: [[1, 0, 0, 0, -1]] });
  });

  it('is the mean over the rows', async () => {
    await configure({ kernels });
    const { loss, dz } = run(
      [0, 1],
      [
        [0, 200],
        [0, 200],
      ],
    );
    expect(loss).toBe(100);
    expect(dz).toEqual([
      [-0.5, 0.5],
      [0, 0],
    ]);
  });

  it('is NaN if a logit is NaN or infinite, and only the gradient of its row has a NaN', async () => {
    await configure({ kernels });
    for (const bad of [Number.NaN, Infinity]) {
      const { loss, dz } = run(
        [0, 1],
        [
          [0, 1, bad],
          [0, 1e4, 0],
        ],
      );
      expect(loss).toBeNaN();
      expect(dz).toEqual([expect.arrayContaining([Number.NaN]), [0, 0, 0]]);
    }
    // -Infinity for a wrong class costs nothing.
    expect(run([1], [[-Infinity, 0, -Infinity]]).loss).toBe(0);
  });

  it('gives its labels the gradient 0', async () => {
    await configure({ kernels });
    const labels = variable(tensor([1, 0]));
    const logits = tensor([
      [1, 2],
      [3, 4],
    ]);
    const [dLabels] = gradients(sparseCategoricalCrossentropy(labels, logits), [labels]);
    expect([...dLabels!.data]).toEqual([0, 0]);
  });

  it('is NaN for no rows', async () => {
    await configure({ kernels });
    expect(sparseCategoricalCrossentropy(tensor([]), tensor([], [0, 3])).item()).toBeNaN();
  });

  // With more, the kernel sets would round a label to different classes.
  it('refuses more classes than float32 labels can number', async () => {
    await configure({ kernels });
    scope(() => {
      expect(() => sparseCategoricalCrossentropy(tensor([2 ** 24]), zeros([1, 2 ** 24 + 1]))).toThrow(
        'sparseCategoricalCrossentropy: logits may have at most 16777216 classes, the class numbers that float32 ' +
          'labels hold; got [1, 16777217]',
      );
    });
  });
});
