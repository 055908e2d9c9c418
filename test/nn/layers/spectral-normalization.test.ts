/** SpectralNormalization against the formulas of Miyato et al. 2018, on kernels whose singular values are known. */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  createRandom,
  encodeWeights,
  gradients,
  layers,
  loadWeights,
  sequential,
  sum,
  tensor,
} from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';
import { weightOf } from './support.ts';

const dense = () =>
  layers.spectralNormalization(layers.dense({ units: 2, useBias: false })).build([2], createRandom(1));

describe('spectralNormalization', () => {
  it('divides the kernel by its largest singular value, which iterations find', () => {
    const built = dense();
    weightOf(built, 'kernel').assign([0, 5, -2, 0]);
    const x = tensor([[1, 0], [0, 1]]); // biome-ignore format: a matrix
    // The error of u shrinks by the ratio of the singular values, 2 / 5, twice in each iteration.
    for (let i = 0; i < 20; i++) built.call(x, { training: true });
    const y = built.call(x, {});
    for (const [i, value] of [0, 1, -0.4, 0].entries()) expect(Math.abs(y.data[i]! - value)).toBeLessThan(1e-6);
  });

  it('has the gradient C / sigma - (C . W) v u^T / sigma^2 of the sum of C times the normalised kernel', () => {
    const built = dense();
    const kernel = weightOf(built, 'kernel');
    kernel.assign([1, 2, 3, -1]);
    weightOf(built, 'vector_u').assign([0.6, 0.8]);
    // One iteration by hand, in float64.
    const W = [[1, 2], [3, -1]]; // biome-ignore format: a matrix
    const unit = ([a, b]: readonly number[]): number[] => [a! / Math.hypot(a!, b!), b! / Math.hypot(a!, b!)];
    const v = unit(W.map(([a, b]) => 0.6 * a! + 0.8 * b!));
    const u = unit([0, 1].map((j) => v[0]! * W[0]![j]! + v[1]! * W[1]![j]!));
    const sigma = [0, 1].reduce((total, i) => total + v[i]! * (W[i]![0]! * u[0]! + W[i]![1]! * u[1]!), 0);
    // sum(x W / sigma) with x = [2, 1]: C has rows 2 and 1.
    const C = [[2, 2], [1, 1]]; // biome-ignore format: a matrix
    const product = [0, 1].reduce((total, i) => total + C[i]![0]! * W[i]![0]! + C[i]![1]! * W[i]![1]!, 0);
    const loss = sum(built.call(tensor([[2, 1]]), { training: true }));
    expect(Math.abs(loss.item() - product / sigma)).toBeLessThan(1e-5);
    const [dW] = gradients(loss, [kernel]);
    [0, 1, 2, 3].forEach((place) => {
      const [i, j] = [place >> 1, place & 1];
      const expected = C[i]![j]! / sigma - (product * v[i]! * u[j]!) / sigma ** 2;
      expect(Math.abs(dW!.data[place]! - expected)).toBeLessThan(1e-5);
    });
    u.forEach((value, i) => {
      expect(Math.abs(weightOf(built, 'vector_u').data[i]! - value)).toBeLessThan(1e-6);
    });
  });

  it('keeps u in a weight that is not trained, is saved and loaded, and changes in training only', () => {
    const model = (seed: number) =>
      sequential(
        [
          layers.spectralNormalization(layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [4, 4, 2] })),
          layers.spectralNormalization(layers.conv2dTranspose({ filters: 2, kernelSize: 3 })),
        ],
        { random: createRandom(seed) },
      );
    const [one, other] = [model(1), model(2)];
    expect([...one.namedWeights.keys()]).toEqual(
      [0, 1].flatMap((place) => ['kernel', 'bias', 'vector_u'].map((name) => `${place}.${name}`)),
    );
    expect(one.trainableWeights).toHaveLength(4);
    const x = createRandom(3).normal([2, 4, 4, 2]);
    const before = Array.from(one.namedWeights.get('0.vector_u')!.data);
    one.predict(x);
    expect(Array.from(one.namedWeights.get('0.vector_u')!.data)).toEqual(before);
    // Two training calls over one tape, as in a GAN step.
    const loss = sum(one.call(x, { training: true }));
    one.call(x, { training: true });
    gradients(loss, one.trainableWeights);
    expect(Array.from(one.namedWeights.get('0.vector_u')!.data)).not.toEqual(before);
    loadWeights({ one: other }, encodeWeights({ one }));
    expect(other.predict(x).data).toEqual(one.predict(x).data);
  });

  it('refuses layers without a kernel', () => {
    const flat = layers.spectralNormalization(layers.flatten());
    expect(thrownBy(ArgumentError, () => flat.build([2, 2], createRandom(1))).message).toContain(
      'layer must be dense, conv2d or conv2dTranspose, which have a kernel; got Flatten',
    );
  });
});
