/**
 * The content of ONNX files. npm run test:onnx runs the files of all layers by ONNX Runtime and compares the outputs;
 * here are their form, what is computed before they are written, and the errors.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  compactGenerator,
  createRandom,
  denseGenerator,
  encodeOnnx,
  type Layer,
  layers,
  type Model,
  RuntimeError,
  ShapeError,
  sequential,
  tensor,
} from '../../src/index.ts';
import { thrownBy, wrong } from '../support/thrown.ts';
import { layerCases } from './cases.ts';
import { readModel } from './read-protobuf.ts';

function assign(model: Model, values: Readonly<Record<string, readonly number[]>>): Model {
  for (const [name, list] of Object.entries(values)) {
    const weight = model.namedWeights.get(name)!;
    weight.assign(tensor(list, weight.shape));
  }
  return model;
}

const operators = (model: Model, foldBatchNormalization = true): string[] =>
  readModel(encodeOnnx(model, { foldBatchNormalization })).nodes.map(({ operator }) => operator);

describe('an ONNX file', () => {
  const model = sequential(
    [layers.dense({ units: 2, inputShape: [3], activation: 'relu' }), layers.leakyReLU({ negativeSlope: 0.25 })],
    { name: 'small' },
  );
  assign(model, { '0.kernel': [1, 2, 3, 4, 5, 6], '0.bias': [7, 8] });
  const file = readModel(encodeOnnx(model));

  it('names versions, input and output, with a batch of any size', () => {
    expect(file.versions).toEqual({ format: 7, operators: [13] });
    expect(file.name).toBe('small');
    expect(file.inputs).toEqual([{ name: 'input', shape: ['batch', 3] }]);
    expect(file.outputs).toEqual([{ name: 'output', shape: ['batch', 2] }]);
  });

  it('has the weights under their names, and the nodes in order', () => {
    expect([...file.tensors]).toEqual([
      ['0.kernel', { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }],
      ['0.bias', { shape: [2], values: [7, 8] }],
    ]);
    expect(file.nodes).toEqual([
      { operator: 'MatMul', inputs: ['input', '0.kernel'], outputs: ['0/MatMul'], attributes: {} },
      { operator: 'Add', inputs: ['0/MatMul', '0.bias'], outputs: ['0/Add'], attributes: {} },
      { operator: 'Relu', inputs: ['0/Add'], outputs: ['0/Relu'], attributes: {} },
      { operator: 'LeakyRelu', inputs: ['0/Relu'], outputs: ['output'], attributes: { alpha: 0.25 } },
    ]);
  });

  it('does not change with later training steps, and is the same for the same weights', () => {
    const before = encodeOnnx(model);
    const again = encodeOnnx(model);
    assign(model, { '0.bias': [9, 9] });
    expect(before).toEqual(again);
    expect(encodeOnnx(model)).not.toEqual(before);
  });

  it('passes the input on if the model changes nothing', () => {
    expect(operators(sequential([layers.dropout({ rate: 0.5, inputShape: [3] })]))).toEqual(['Identity']);
  });

  it.each(layerCases().map(({ name, model }) => [name, model] as const))(
    '%s: each name is made once, before use',
    (_, one) => {
      const { nodes, tensors, outputs } = readModel(encodeOnnx(one));
      const known = new Set(['', 'input', ...tensors.keys()]);
      for (const { inputs, outputs: made } of nodes) {
        for (const name of inputs) expect(known).toContain(name);
        for (const name of made) expect(known).not.toContain(name);
        for (const name of made) known.add(name);
      }
      expect(known).toContain('output');
      expect(outputs[0]!.shape).toEqual(['batch', ...one.outputShape!]);
    },
  );
});

describe('batch normalisation', () => {
  // scale = gamma / sqrt(variance + epsilon) = 3 / 2 and 1 / 4; shift = beta - mean scale = 1 - 3 and 2 - 0.5
  const statistics = { gamma: [3, 1], beta: [1, 2], moving_mean: [2, 2], moving_variance: [3, 15] };
  const behind = (layer: Layer): Model =>
    assign(
      sequential([layer, layers.batchNormalization({ epsilon: 1 })]),
      Object.fromEntries(Object.entries(statistics).map(([name, values]) => [`1.${name}`, values])),
    );
  const inputShape = [1];

  it('is folded into the kernel and bias of the layer before it', () => {
    const model = assign(behind(layers.dense({ units: 2, inputShape })), { '0.kernel': [4, 8], '0.bias': [2, 4] });
    const { nodes, tensors } = readModel(encodeOnnx(model));
    expect(nodes.map(({ operator }) => operator)).toEqual(['MatMul', 'Add']);
    expect(tensors.get('0.kernel')!.values).toEqual([6, 2]);
    expect(tensors.get('0.bias')!.values).toEqual([1, 2.5]);
  });

  it('is folded along the filters of convolutions, whose kernels have them in different places', () => {
    const options = { filters: 2, kernelSize: [1, 2], useBias: false, inputShape: [1, 2, 2] } as const;
    const conv = assign(behind(layers.conv2d(options)), { '0.kernel': [2, 4, 6, 8, 10, 12, 14, 16] });
    // [1, 2, channels, filters] -> [filters, channels, 1, 2]
    expect(readModel(encodeOnnx(conv)).tensors.get('0.kernel')).toEqual({
      shape: [2, 2, 1, 2],
      values: [3, 15, 9, 21, 1, 3, 2, 4],
    });
    const transposed = assign(behind(layers.conv2dTranspose(options)), { '0.kernel': [2, 4, 8, 12, 10, 12, 16, 20] });
    // [1, 2, filters, channels] -> [channels, filters, 1, 2]
    expect(readModel(encodeOnnx(transposed)).tensors.get('0.kernel')).toEqual({
      shape: [2, 2, 1, 2],
      values: [3, 15, 2, 4, 6, 18, 3, 5],
    });
  });

  it('is a multiplication and an addition behind an activation', () => {
    const model = behind(layers.dense({ units: 2, activation: 'tanh', inputShape }));
    const { nodes, tensors } = readModel(encodeOnnx(model));
    expect(nodes.map(({ operator }) => operator)).toEqual(['MatMul', 'Add', 'Tanh', 'Mul', 'Add']);
    expect(tensors.get('1.scale')!.values).toEqual([1.5, 0.25]);
    expect(tensors.get('1.shift')!.values).toEqual([-2, 1.5]);
  });

  it('stays a node with its statistics if that is asked for', () => {
    const model = behind(layers.dense({ units: 2, inputShape }));
    const { nodes, tensors } = readModel(encodeOnnx(model, { foldBatchNormalization: false }));
    expect(nodes.map(({ operator }) => operator)).toEqual(['MatMul', 'Add', 'BatchNormalization']);
    expect(nodes[2]!.attributes).toEqual({ epsilon: 1 });
    expect(nodes[2]!.inputs.slice(1)).toEqual(['1.gamma', '1.beta', '1.moving_mean', '1.moving_variance']);
    for (const [name, values] of Object.entries(statistics)) expect(tensors.get(`1.${name}`)!.values).toEqual(values);
  });
});

it('spectral normalisation: the kernel is divided by its largest singular value', () => {
  const model = sequential([layers.spectralNormalization(layers.dense({ units: 2 }), { inputShape: [2] })]);
  // diag(8, 1) has the singular values 8 and 1; u is the vector of the first.
  assign(model, { '0.kernel': [8, 0, 0, 1], '0.vector_u': [1, 0] });
  expect(readModel(encodeOnnx(model)).tensors.get('0.kernel')!.values).toEqual([1, 0, 0, 0.125]);
});

describe('transposes', () => {
  const count = (model: Model): number => operators(model).filter((one) => one === 'Transpose').length;
  const conv = () => layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'softmax' });

  it('are one in front of a row of layers on images and one behind it', () => {
    expect(count(compactGenerator({ width: 0.1 }))).toBe(2);
    expect(count(denseGenerator())).toBe(0);
    const row = [layers.upsampling2d({ inputShape: [2, 2, 2] }), conv(), layers.groupNormalization({ groups: 2 })];
    expect(count(sequential([...row, layers.prelu(), layers.batchNormalization(), layers.softmax()]))).toBe(2);
  });

  it('are shared by the two ways of residual blocks', () => {
    const block = () => layers.residual([conv(), conv()]);
    expect(count(sequential([layers.activation('relu', { inputShape: [2, 2, 2] }), block(), block()]))).toBe(2);
  });
});

describe('encodeOnnx refuses', () => {
  it("users' layers, with their place", () => {
    const own: Layer = {
      kind: 'Own',
      build: (shape) => ({
        kind: 'Own',
        settings: {},
        outputShape: shape,
        weights: [],
        trainableWeights: [],
        call: (x) => x,
      }),
    };
    const error = thrownBy(ArgumentError, () => encodeOnnx(sequential([layers.flatten({ inputShape: [3] }), own])));
    expect(error.message).toMatch(/^encodeOnnx: layer 1 \(Own\) is not one of ganvas's layers.*layers.residual/);
    const block = sequential([layers.residual([own], { inputShape: [3] })]);
    expect(thrownBy(ArgumentError, () => encodeOnnx(block)).message).toMatch(/^encodeOnnx: layer 0\.0 \(Own\)/);
    const { call, predict, namedWeights, trainableWeights } = block;
    const parts = { call, predict, namedWeights, trainableWeights, name: 'broken', inputShape: [3], layers: [null] };
    const broken = thrownBy(ArgumentError, () => encodeOnnx(wrong(parts)));
    expect(broken.message).toBe('encodeOnnx: layer 0 must be a built layer; got null');
    const beside = sequential([layers.residual([layers.flatten()], { shortcut: [own], inputShape: [3] })]);
    expect(thrownBy(ArgumentError, () => encodeOnnx(beside)).message).toMatch(
      /^encodeOnnx: layer 0\.shortcut\.0 \(Own\)/,
    );
  });

  it("users' layers that look like one of the library but compute another thing", () => {
    const dense = layers.dense({ units: 2 });
    const build: Layer['build'] = (shape, random) => ({ ...dense.build(shape, random), call: (x) => x });
    const model = sequential([{ ...dense, inputShape: [2], build }], { random: createRandom(1) });
    expect(thrownBy(ArgumentError, () => encodeOnnx(model)).message).toContain('layer 0 (Dense) is not one of ganvas');
    const wrapped = sequential([layers.spectralNormalization({ ...dense, inputShape: [2], build })]);
    expect(thrownBy(ArgumentError, () => encodeOnnx(wrapped)).message).toContain(
      'layer 0 (SpectralNormalization) is not',
    );
  });

  it('models that are not built, and items without elements', () => {
    const unbuilt = sequential([layers.dense({ units: 2 })]);
    expect(thrownBy(RuntimeError, () => encodeOnnx(unbuilt)).message).toContain('sequential is not built yet');
    const empty = sequential([layers.activation('relu', { inputShape: [2, 0] })]);
    expect(thrownBy(ShapeError, () => encodeOnnx(empty)).message).toContain('items of shape [2, 0] have no elements');
  });
});
