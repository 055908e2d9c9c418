/** sequential(): when it builds, the names of its weights, calls, predict() and cloneModel(). */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  cloneModel,
  createRandom,
  denseDiscriminator,
  gradients,
  type Layer,
  layers,
  type Model,
  mean,
  ShapeError,
  sequential,
  sum,
  tensor,
  zeros,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { countKernels } from '../support/spy.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

/** Five layers, three of them with weights. */
function stack(inputShape?: readonly number[]): Layer[] {
  return [
    layers.dense({ units: 4, ...(inputShape && { inputShape }) }),
    layers.batchNormalization(),
    layers.leakyReLU(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 2, useBias: false }),
  ];
}

describe('building', () => {
  it('happens at once if the first layer has an inputShape', () => {
    const model = sequential(stack([3]));
    expect([model.inputShape, model.outputShape]).toEqual([[3], [2]]);
    expect([...model.namedWeights].map(([name, { shape }]) => [name, shape])).toEqual([
      ['0.kernel', [3, 4]],
      ['0.bias', [4]],
      ['1.gamma', [4]],
      ['1.beta', [4]],
      ['1.moving_mean', [4]],
      ['1.moving_variance', [4]],
      ['4.kernel', [4, 2]],
    ]);
    expect(model.weights).toEqual([...model.namedWeights.values()]);
    expect(model.trainableWeights.map(({ name }) => name)).toEqual(['kernel', 'bias', 'gamma', 'beta', 'kernel']);
  });

  it('happens otherwise at the first call, and only then', () => {
    const model = sequential(stack());
    expect([model.inputShape, model.outputShape, model.weights, model.trainableWeights]).toEqual([
      undefined,
      undefined,
      [],
      [],
    ]);
    expect(model.namedWeights.size).toBe(0);
    expect(model.predict(zeros([7, 3])).shape).toEqual([7, 2]);
    expect([model.inputShape, model.outputShape]).toEqual([[3], [2]]);
    const weights = model.weights;
    model.call(zeros([1, 3]));
    expect(model.weights).toEqual(weights);
    expect(model.weights.every((weight, i) => weight === weights[i])).toBe(true);
  });

  it('gives the same weights either way; they depend on the random generator only', () => {
    const values = (inputShape?: readonly number[], seed?: number): number[][] => {
      const model = sequential(stack(inputShape), seed === undefined ? {} : { random: createRandom(seed) });
      model.call(zeros([1, 3]));
      return model.weights.map(({ data }) => [...data]);
    };
    expect(values([3])).toEqual(values());
    expect(values([3], 1)).toEqual(values(undefined, 1));
    expect(values([3], 1)).not.toEqual(values([3], 2));
    expect(values([3], 0)).not.toEqual(values([3]));
  });

  it('leaves the model unbuilt if a layer refuses the shape, so a later call with a right shape works', () => {
    const model = sequential([layers.dense({ units: 4 }), layers.reshape({ targetShape: [2, 2] })]);
    expect(model.call(zeros([1, 3])).shape).toEqual([1, 2, 2]);
    const impossible = sequential([layers.reshape({ targetShape: [2, 2] }), layers.dense({ units: 4 })]);
    expect(() => impossible.call(zeros([1, 3]))).toThrow(ShapeError);
    expect(impossible.inputShape).toBeUndefined();
    expect(impossible.call(zeros([1, 4])).shape).toEqual([1, 2, 4]);
  });

  it('gives two models of the same layers separate weights', () => {
    const same = stack([3]);
    const [first, second] = [sequential(same), sequential(same)];
    first.weights[0]!.assign(zeros([3, 4]));
    expect(second.weights[0]!.data.some((value) => value !== 0)).toBe(true);
  });
});

describe('calling', () => {
  it('runs in inference mode by default', () => {
    const model = sequential([layers.batchNormalization(), layers.dropout({ rate: 0.5 })]);
    const x = createRandom(1).normal([8, 3], 5);
    const before = [...model.call(x).data];
    expect([...model.call(x, { training: false }).data]).toEqual(before);
    expect([...model.weights[2]!.data]).toEqual([0, 0, 0]);
    model.call(x, { training: true, random: createRandom(2) });
    expect(model.weights[2]!.data.every((value) => value !== 0)).toBe(true);
  });

  it('computes a LeakyReLU in the pass of the batch normalisation before it, and only there', () => {
    const norm = layers.batchNormalization();
    const leaky = layers.leakyReLU();
    const x = createRandom(1).normal([4, 3]);
    const counts = (list: Layer[]): number[] => {
      const model = sequential(list);
      const { counts } = countKernels(() => model.call(x, { training: true, random: createRandom(1) }));
      return [counts.batchNormalize ?? 0, counts.leakyRelu ?? 0];
    };
    expect(counts([norm, leaky])).toEqual([1, 0]);
    expect(counts([norm, leaky, leaky])).toEqual([1, 1]);
    expect(counts([leaky, norm])).toEqual([1, 1]);
    expect(counts([norm, layers.dropout({ rate: 0.5 }), leaky])).toEqual([1, 1]);
    expect(counts([norm, layers.activation('relu'), norm, leaky])).toEqual([2, 0]);
  });

  it('gives the same bits with the fused LeakyReLU as the layers called one by one', () => {
    const list = stack([3]).filter(({ kind }) => kind !== 'Dropout');
    const model = sequential(list, { random: createRandom(4) });
    const random = createRandom(4);
    let shape: readonly number[] = [3];
    let y = createRandom(5).normal([6, 3]);
    const expected = model.call(y, { training: true });
    for (const layer of list) {
      const built = layer.build(shape, random);
      y = built.call(y, { training: true });
      shape = built.outputShape;
    }
    expect([...expected.data]).toEqual([...y.data]);
  });

  it('is recorded, so every trainable weight has a gradient', () => {
    const model = sequential(stack([3]));
    const y = model.call(createRandom(1).normal([8, 3]), { training: true, random: createRandom(2) });
    const all = gradients(mean(y), model.trainableWeights);
    expect(all.map(({ shape }) => shape)).toEqual(model.trainableWeights.map(({ shape }) => shape));
  });
});

describe('predict', () => {
  it('equals a call in inference mode, and is not recorded', () => {
    const model = sequential(stack([3]));
    const x = createRandom(1).normal([5, 3]);
    const y = model.predict(x);
    expect([...y.data]).toEqual([...model.call(x).data]);
    const error = thrownBy(ArgumentError, () => gradients(sum(y), model.trainableWeights));
    expect(error.message).toContain('the variable "kernel" had no part in the loss');
  });

  it('leaves one block allocated, its result', () => {
    const model = denseDiscriminator();
    const x = zeros([4, 28, 28, 1]);
    const before = heap().usage();
    const y = model.predict(x);
    expect(heap().usage().blocks).toBe(before.blocks + 1);
    y.dispose();
    expect(heap().usage()).toMatchObject({ blocks: before.blocks, usedBytes: before.usedBytes });
  });

  it('returns a tensor that stays valid, even if the model returns its input', () => {
    const x = tensor([[1, 2]]);
    expect([...sequential([layers.activation('linear')]).predict(x).data]).toEqual([1, 2]);
    expect(x.data[0]).toBe(1);
  });
});

describe('cloneModel', () => {
  it('copies the layers and the values of all weights, moving statistics included', () => {
    const model = sequential(stack([3]), { name: 'original', random: createRandom(4) });
    model.call(createRandom(5).normal([6, 3]), { training: true, random: createRandom(6) });
    const copy = cloneModel(model);
    expect([copy.name, copy.inputShape, copy.outputShape]).toEqual(['original', [3], [2]]);
    expect(copy.layers.map(({ kind, settings }) => [kind, settings])).toEqual(
      model.layers.map(({ kind, settings }) => [kind, settings]),
    );
    expect([...copy.namedWeights.keys()]).toEqual([...model.namedWeights.keys()]);
    const values = ({ weights }: Model): number[][] => weights.map(({ data }) => [...data]);
    const before = values(model);
    expect(values(copy)).toEqual(before);
    const x = createRandom(7).normal([2, 3]);
    expect([...copy.predict(x).data]).toEqual([...model.predict(x).data]);
    for (const weight of model.weights) weight.assign(zeros(weight.shape));
    expect(values(copy)).toEqual(before);
  });

  it("does not advance the model's random generator", () => {
    const random = createRandom(4);
    const model = sequential(stack([3]), { random });
    const state = random.state();
    cloneModel(model);
    expect(random.state()).toEqual(state);
  });
});

describe('errors', () => {
  it('of a call name the model, the shape it got and the shape it expected', () => {
    const model = sequential(stack([3]), { name: 'critic' });
    const call = (x: unknown, options?: unknown) => () => model.call(wrong(x), wrong(options));
    expect(thrownBy(ShapeError, call(zeros([2, 4]))).message).toBe('critic.call: x must have shape [n, 3]; got [2, 4]');
    expect(thrownBy(ShapeError, call(zeros([2, 3, 1]))).message).toContain('[n, 3]; got [2, 3, 1]');
    expect(thrownBy(ShapeError, call(tensor(3))).message).toContain('[n, ...item]; got a scalar');
    expect(thrownBy(ArgumentError, call([1, 2, 3])).message).toContain(
      'critic.call: x must be a Tensor; got [1, 2, 3]',
    );
    expect(thrownBy(ArgumentError, call(zeros([2, 3]), { trainig: true })).message).toContain('Did you mean training?');
    expect(thrownBy(ArgumentError, call(zeros([2, 3]), { training: 1 })).message).toContain(
      'training must be true or false',
    );
  });

  it('of a call of a model whose items are scalars', () => {
    const model = sequential([layers.flatten({ inputShape: [] })]);
    expect(thrownBy(ShapeError, () => model.call(zeros([2, 1]))).message).toContain('shape [n]; got [2, 1]');
  });
});
