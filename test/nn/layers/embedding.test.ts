/** Embedding: rows by index, their gradients, wrong indices. gather() is checked with its samples. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, createRandom, gradients, layers, mul, sequential, sum, tensor } from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';

const random = createRandom(7);

describe('embedding', () => {
  it('gives the rows of its table, for indices of any shape', () => {
    const built = layers.embedding({ inputDim: 4, outputDim: 3 }).build([2], random);
    const rows = built.weights[0]!.toArray() as number[][];
    expect(built.outputShape).toEqual([2, 3]);
    expect(built.call(tensor([[3, 0]]), {}).toArray()).toEqual([[rows[3], rows[0]]]);
    const single = layers.embedding({ inputDim: 4, outputDim: 3 }).build([], random);
    expect(single.call(tensor([1, 1, 2]), {}).shape).toEqual([3, 3]);
  });

  it('adds up the gradients of rows that were taken several times', () => {
    const model = sequential([layers.embedding({ inputDim: 3, outputDim: 2, inputShape: [] })], { random });
    const dy = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const loss = sum(mul(model.call(tensor([2, 0, 2])), dy));
    expect(gradients(loss, model.trainableWeights)[0]!.toArray()).toEqual([
      [3, 4],
      [0, 0],
      [6, 8],
    ]);
  });

  it("has Keras's name and count of weights in a summary", () => {
    const model = sequential([layers.embedding({ inputDim: 10, outputDim: 8, inputShape: [5] })]);
    expect(model.summary(() => undefined)).toMatch(/^embedding \(Embedding\) +\(None, 5, 8\) +80$/m);
  });

  it.each([4, -1, 0.5, Number.NaN])('refuses the index %s', (index) => {
    const model = sequential([layers.embedding({ inputDim: 4, outputDim: 3, inputShape: [] })]);
    const error = thrownBy(ArgumentError, () => model.predict(tensor([0, index])));
    expect(error.message).toBe(`gather: indices[1] must be a whole number from 0 to 3; got ${index}`);
  });
});
