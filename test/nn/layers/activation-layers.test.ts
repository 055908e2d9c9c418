/** softmax, ELU, PReLU and the activations by name. The values are checked with the samples of the operations. */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  elu,
  exp,
  gelu,
  gradients,
  hardSigmoid,
  layers,
  mish,
  relu6,
  ShapeError,
  selu,
  sequential,
  softmax,
  softplus,
  softsign,
  sum,
  swish,
  tensor,
} from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';

const random = createRandom(1);
const x = random.normal([2, 3, 4]);

describe('activations by name', () => {
  const named = {
    elu,
    exponential: exp,
    gelu,
    hardSigmoid,
    mish,
    relu6,
    selu,
    silu: swish,
    softmax,
    softplus,
    softsign,
    swish,
  };

  it.each(Object.entries(named))('%s is the operation', (name, of) => {
    const built = layers.activation(name as keyof typeof named).build([3, 4], random);
    expect(built.call(x, {}).data).toEqual(of(x).data);
    expect(built.settings).toEqual({ activation: name });
  });

  it('softmax in a dense layer works along the units', () => {
    const model = sequential([layers.dense({ units: 5, activation: 'softmax', inputShape: [3, 4] })], { random });
    for (const total of sum(model.predict(x), -1).data) expect(total).toBeCloseTo(1, 6);
  });
});

describe('layers with settings', () => {
  it('softmax along another axis, ELU with another alpha', () => {
    expect(layers.softmax({ axis: -2 }).build([3, 4], random).call(x, {}).data).toEqual(softmax(x, 1).data);
    expect(layers.elu({ alpha: 0.5 }).build([3, 4], random).call(x, {}).data).toEqual(elu(x, 0.5).data);
    expect(layers.softmax().build([3], random).settings).toEqual({ axis: -1 });
  });

  it('softmax never works along the batch', () => {
    const error = thrownBy(ShapeError, () => layers.softmax({ axis: -2 }).build([4], random));
    expect(error.message).toBe('layers.softmax: items of shape [4] have no axis -2');
  });
});

describe('PReLU', () => {
  it('has a slope for each element, which learns', () => {
    const built = layers.prelu({ alphaInitializer: 'ones' }).build([2], random);
    const y = built.call(tensor([[3, -2], [-5, 4]]), {}); // biome-ignore format: a matrix
    expect(y.toArray()).toEqual([[3, -2], [-5, 4]]); // biome-ignore format: a matrix
    expect(Array.from(gradients(sum(y), built.trainableWeights)[0]!.data)).toEqual([-5, -2]);
  });

  it('shares slopes along axes, counted from 1 as in Keras', () => {
    const [alpha] = layers.prelu({ sharedAxes: [1, 2] }).build([5, 6, 3], random).weights;
    expect(alpha!.shape).toEqual([1, 1, 3]);
    const error = thrownBy(ShapeError, () => layers.prelu({ sharedAxes: [3] }).build([5, 6], random));
    expect(error.message).toBe('layers.prelu: items of shape [5, 6] have no axis 3 to share');
  });
});
