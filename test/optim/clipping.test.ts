/** Clipping of gradients: what stays as it is, what is huge, what is not finite, and what an optimizer makes of it. */
import { describe, expect, it } from 'vitest';
import { adam, rmsprop, sgd, type Tensor, tensor, variable, zeros } from '../../src/index.ts';
import { clipGradients } from '../../src/optim/clipping.ts';

const values = (tensors: readonly Tensor[]): number[][] => tensors.map(({ data }) => [...data]);

describe('clipGradients', () => {
  it('a gradient within the limits is returned as the same tensor', () => {
    const [a, b] = [tensor([3, 4]), tensor([[0.1]])];
    expect(clipGradients([a, b], {})).toEqual([a, b]);
    expect(clipGradients([a], { clipNorm: 5 })[0]).toBe(a);
    expect(clipGradients([a], { globalClipNorm: 5 })[0]).toBe(a);
  });

  it('never changes the gradients that it was given', () => {
    const given = [tensor([30, 40]), tensor([-5])];
    for (const clipping of [{ clipNorm: 1 }, { clipValue: 1 }, { globalClipNorm: 1 }]) clipGradients(given, clipping);
    expect(values(given)).toEqual([[30, 40], [-5]]);
  });

  it('clips by the norm of each variable, by the global norm and by value', () => {
    const given = [tensor([3, 4]), tensor([0, 12])];
    expect(values(clipGradients(given, { clipNorm: 10 }))).toEqual([
      [3, 4],
      [0, 10],
    ]);
    expect(values(clipGradients(given, { globalClipNorm: 6.5 }))).toEqual([
      [1.5, 2],
      [0, 6],
    ]);
    expect(values(clipGradients(given, { clipValue: 3.5 }))).toEqual([
      [3, 3.5],
      [0, 3.5],
    ]);
  });

  it('clips gradients whose squares overflow float32', () => {
    const huge = [tensor([3e38, 0]), tensor([0, 3e38])];
    expect(clipGradients(huge, { clipNorm: 1 })[0]!.data[0]).toBeCloseTo(1, 5);
    expect(clipGradients(huge, { globalClipNorm: 1 })[1]!.data[1]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(clipGradients([tensor(new Array(13).fill(1e30))], { clipNorm: 13 ** 0.5 })[0]!.data[12]).toBeCloseTo(1, 5);
  });

  it.each([NaN, Infinity, -Infinity])('a norm that is not finite, from %d, scales nothing', (bad) => {
    const given = [tensor([30, 40]), tensor([bad, 1])];
    expect(clipGradients(given, { globalClipNorm: 1 })).toEqual(given);
    expect(clipGradients(given, { clipNorm: 5 })[1]).toBe(given[1]);
  });

  it('empty gradients', () => {
    expect(values(clipGradients([zeros([0, 3])], { clipNorm: 1 }))).toEqual([[]]);
    expect(clipGradients([], { globalClipNorm: 1 })).toEqual([]);
  });
});

describe('in an optimizer', () => {
  it.each([
    [{ clipNorm: 1 }, [-0.6, -0.8, -1]],
    [{ clipValue: 35 }, [-30, -35, -7]],
    [{ globalClipNorm: 1 }, [-30 / 50.48762224545735, -40 / 50.48762224545735, -7 / 50.48762224545735]],
  ])('sgd with %j', (clipping, expected) => {
    const [a, b] = [variable(zeros([2])), variable(zeros([1]))];
    sgd({ learningRate: 1, ...clipping }).apply([a, b], [tensor([30, 40]), tensor([7])]);
    [...a.data, ...b.data].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });

  it('keeps a gradient of 2e19 from stopping a weight of adam', () => {
    const weight = variable(tensor([1]));
    expect(adam({ clipNorm: 1 }).apply([weight], [tensor([2e19])])).toEqual([]);
    expect(weight.item()).toBeLessThan(1);
  });

  it('reports a gradient that is not finite as without clipping', () => {
    for (const make of [adam, rmsprop, sgd]) {
      const [fine, broken] = [variable(tensor([1])), variable(tensor([1]))];
      expect(make({ globalClipNorm: 1 }).apply([fine, broken], [tensor([0.1]), tensor([NaN])])).toEqual([broken]);
    }
  });
});
