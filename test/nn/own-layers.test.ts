/** Layers written by a user. Errors name the wrong field or result, the layer and its index in the model. */
import { describe, expect, it } from 'vitest';
import { type BuiltLayer, createRandom, GanvasError, type Layer, layers, sequential, zeros } from '../../src/index.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

/** A layer that returns its input, with some fields replaced. */
function own(changes: { readonly [K in keyof BuiltLayer]?: unknown }): Layer {
  return {
    kind: 'Own',
    build: (shape) =>
      wrong({ kind: 'Own', settings: {}, outputShape: shape, weights: [], trainableWeights: [], call, ...changes }),
  };
  function call(x: unknown): unknown {
    return x;
  }
}

const x = zeros([2, 3]);
const front = layers.dense({ units: 3, inputShape: [3] });

describe("build() of a user's layer", () => {
  const cases: readonly (readonly [{ readonly [K in keyof BuiltLayer]?: unknown }, string])[] = [
    [{ weights: undefined }, 'build() must return weights, a list of variables; got undefined'],
    [{ weights: [x] }, 'build() must return weights, a list of variables; got [a Tensor]'],
    [{ trainableWeights: undefined }, 'build() must return trainableWeights, a list of variables; got undefined'],
    [{ call: undefined }, 'build() must return a function call(x, options); got undefined'],
    [{ kind: 5 }, 'build() must return a kind, a string; got 5'],
    [{ settings: null }, 'build() must return settings, a plain object; got null'],
    [{ outputShape: undefined }, 'outputShape of the built layer must be a shape, a list of whole numbers'],
    [{ outputShape: [-1] }, 'outputShape of the built layer must be a shape, a list of whole numbers of at least 0'],
  ];
  it.each(cases)('%j: %s', (changes, message) => {
    const error = thrownBy(GanvasError, () => sequential([front, own(changes)], { name: 'critic' }));
    expect(error.message).toContain(`critic: layer 1 (Own): ${message}`);
  });

  it('must return a built layer', () => {
    const empty: Layer = { kind: 'Empty', build: () => wrong(undefined) };
    expect(thrownBy(GanvasError, () => sequential([front, empty])).message).toBe(
      'sequential: layer 1 (Empty): build() must return a built layer, an object; got undefined',
    );
  });
});

describe("call() of a user's layer", () => {
  const behind = layers.dense({ units: 2 });
  it('must return a tensor', () => {
    for (const [result, picture] of [
      [undefined, 'undefined'],
      [[1, 2], '[1, 2]'],
      [new Float32Array(6), 'a Float32Array'],
    ] as const) {
      const model = sequential([front, own({ call: () => result }), behind]);
      expect(thrownBy(GanvasError, () => model.predict(x)).message).toBe(
        `sequential.predict: layer 1 (Own): call() must return a Tensor; got ${picture}`,
      );
    }
  });

  it('must return the outputShape of the layer', () => {
    const model = sequential([front, own({ call: () => zeros([2, 4]) }), behind]);
    expect(thrownBy(GanvasError, () => model.call(x)).message).toBe(
      'sequential.call: layer 1 (Own): call() returned [2, 4]; its outputShape [3] promises [2, 3]',
    );
    const fewer = sequential([front, own({ call: () => zeros([1, 3]) })]);
    expect(thrownBy(GanvasError, () => fewer.call(x)).message).toContain(
      'returned [1, 3]; its outputShape [3] promises [2, 3]',
    );
  });
});

describe("build() of the library's layers", () => {
  const all: readonly (readonly [string, Layer, readonly number[]])[] = [
    ['dense', layers.dense({ units: 2 }), [4]],
    ['conv2d', layers.conv2d({ filters: 2, kernelSize: 3 }), [4, 4, 1]],
    ['conv2dTranspose', layers.conv2dTranspose({ filters: 2, kernelSize: 3 }), [4, 4, 1]],
    ['maxPooling2d', layers.maxPooling2d(), [4, 4, 1]],
    ['batchNormalization', layers.batchNormalization(), [4]],
    ['leakyReLU', layers.leakyReLU(), [4]],
    ['activation', layers.activation('tanh'), [4]],
    ['dropout', layers.dropout({ rate: 0.5 }), [4]],
    ['flatten', layers.flatten(), [4]],
    ['reshape', layers.reshape({ targetShape: [2, 2] }), [4]],
  ];
  it.each(all)('%s checks both arguments', (name, layer, shape) => {
    const refused = (items: unknown, random: unknown): string =>
      thrownBy(GanvasError, () => layer.build(wrong(items), wrong(random))).message;
    expect(refused(shape, 5)).toBe(
      `layers.${name}.build: random must be a random generator; got 5. Make one with createRandom(seed).`,
    );
    expect(refused(5, createRandom(1))).toContain(`layers.${name}.build: inputShape must be a shape`);
    expect(layer.build(shape, createRandom(1)).kind).toBe(layer.kind);
  });
});

describe('inputShape', () => {
  const first: readonly (readonly [string, Layer, readonly number[]])[] = [
    ['batchNormalization', layers.batchNormalization({ inputShape: [4] }), [4]],
    ['leakyReLU', layers.leakyReLU({ inputShape: [4] }), [4]],
    ['activation', layers.activation('tanh', { inputShape: [4] }), [4]],
    ['dropout', layers.dropout({ rate: 0.5, inputShape: [4] }), [4]],
    ['reshape', layers.reshape({ targetShape: [2, 2], inputShape: [4] }), [2, 2]],
    ['maxPooling2d', layers.maxPooling2d({ inputShape: [4, 4, 1] }), [2, 2, 1]],
    ['flatten', layers.flatten({ inputShape: [2, 2] }), [4]],
  ];
  it.each(first)('of layers.%s, if it is the first layer, builds the model at once', (_name, layer, output) => {
    expect(sequential([layer]).outputShape).toEqual(output);
  });
});

describe("the reshape layer's -1", () => {
  it('is computed from the size of the items, as in Keras', () => {
    expect(sequential([layers.reshape({ targetShape: [-1, 2], inputShape: [6] })]).outputShape).toEqual([3, 2]);
    expect(sequential([layers.reshape({ targetShape: [-1], inputShape: [2, 3] })]).outputShape).toEqual([6]);
    expect(sequential([layers.reshape({ targetShape: [2, -1, 3], inputShape: [6] })]).outputShape).toEqual([2, 1, 3]);
    const model = sequential([layers.reshape({ targetShape: [-1, 2] })]);
    expect(model.predict(zeros([5, 6])).shape).toEqual([5, 3, 2]);
  });

  it('may occur once, and the result must be a whole number', () => {
    expect(thrownBy(GanvasError, () => layers.reshape({ targetShape: [-1, -1] })).message).toContain(
      'targetShape must be',
    );
    for (const targetShape of [
      [-1, 4],
      [-1, 0],
    ]) {
      const error = thrownBy(GanvasError, () => sequential([layers.reshape({ targetShape, inputShape: [6] })]));
      expect(error.message).toContain(`items of shape [6] do not fill targetShape [${targetShape.join(', ')}]`);
    }
  });
});
