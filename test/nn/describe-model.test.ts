/** Descriptions: every kind of layer comes back with the same config and output; hostile descriptions are refused. */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  compactDiscriminator,
  compactGenerator,
  conditionalDiscriminator,
  conditionalGenerator,
  convDiscriminator,
  convGenerator,
  createRandom,
  denseAutoencoder,
  denseDiscriminator,
  denseGenerator,
  describeModel,
  digitClassifier,
  FormatError,
  type Layer,
  type LayerKind,
  layers,
  type Model,
  modelFrom,
  RuntimeError,
  refinedDiscriminator,
  refinedGenerator,
  sequential,
} from '../../src/index.ts';
import { KINDS } from '../../src/nn/layer-kinds.ts';
import { thrownBy, wrong } from '../support/thrown.ts';
import { bitsOf } from './bits.ts';

/** Layers with settings that differ from the defaults, for images [6, 6, 4], or [n] where that is needed. */
const SAMPLES: Readonly<Record<LayerKind, readonly Layer[]>> = {
  Activation: [layers.activation('gelu')],
  AveragePooling2D: [layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' })],
  BatchNormalization: [
    layers.batchNormalization({ momentum: 0.8, epsilon: 0.01, center: false }),
    layers.batchNormalization({ scale: false }),
  ],
  Conv2D: [
    layers.conv2d({ filters: 3, kernelSize: [1, 2], strides: [2, 1], padding: 'same', activation: 'relu' }),
    layers.conv2d({ filters: 5, kernelSize: 3, useBias: false }),
  ],
  Conv2DTranspose: [layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same', useBias: false })],
  Dense: [layers.dense({ units: 7, useBias: false, activation: 'tanh' }), layers.dense({ units: 1 })],
  Dropout: [layers.dropout({ rate: 0.25 })],
  ELU: [layers.elu({ alpha: 0.5 })],
  Embedding: [layers.embedding({ inputDim: 9, outputDim: 2 })],
  Flatten: [layers.flatten()],
  GlobalAveragePooling2D: [layers.globalAveragePooling2d(), layers.globalAveragePooling2d({ keepDims: true })],
  GroupNormalization: [layers.groupNormalization({ groups: 2, epsilon: 0.01, scale: false })],
  LayerNormalization: [layers.layerNormalization({ epsilon: 0.01, center: false })],
  LeakyReLU: [layers.leakyReLU({ negativeSlope: 0.125 })],
  MaxPooling2D: [layers.maxPooling2d({ poolSize: 3, strides: 2 })],
  PReLU: [layers.prelu({ sharedAxes: [1, 2] }), layers.prelu()],
  Reshape: [layers.reshape({ targetShape: [3, -1] })],
  Residual: [
    layers.residual(
      [layers.residual([layers.leakyReLU()]), layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' })],
      { shortcut: [layers.conv2d({ filters: 2, kernelSize: 1 })] },
    ),
  ],
  Softmax: [layers.softmax({ axis: -2 })],
  SpectralNormalization: [
    layers.spectralNormalization(layers.conv2d({ filters: 3, kernelSize: 2, strides: 2 }), { powerIterations: 3 }),
  ],
  UpSampling2D: [layers.upsampling2d({ size: [2, 1], interpolation: 'bilinear' })],
  ZeroPadding2D: [layers.zeroPadding2d({ padding: [[1, 2] as const, [0, 3] as const] })],
};

/** The model again, from JSON text, with the values of its weights. */
function roundTrip(model: Model): Model {
  const description = describeModel(model);
  const again = modelFrom(JSON.parse(JSON.stringify(description)));
  expect(describeModel(again)).toEqual(description);
  expect([...again.namedWeights.keys()]).toEqual([...model.namedWeights.keys()]);
  again.weights.forEach((weight, i) => {
    weight.assign(model.weights[i]!);
  });
  return again;
}

describe('every kind of layer comes back with its settings, its weights and the same output', () => {
  const random = createRandom(3);
  it.each(Object.entries(SAMPLES).flatMap(([kind, all]) => all.map((layer, i) => [kind, i, layer] as const)))(
    '%s %i',
    (kind, _, layer) => {
      const model = sequential([{ ...layer, inputShape: [6, 6, 4] }], { random });
      const again = roundTrip(model);
      const [built, other] = [model.layers[0]!, again.layers[0]!];
      expect([other.kind, other.settings, other.outputShape]).toEqual([kind, built.settings, built.outputShape]);
      // Whole numbers from 0 to 8, so that an embedding takes them.
      const x = random.uniform([2, 6, 6, 4], 0, 9);
      x.data.set(x.data.map(Math.floor));
      expect(bitsOf(again.predict(x))).toBe(bitsOf(model.predict(x)));
    },
  );

  it.each(
    Object.entries({
      compactGenerator: compactGenerator(),
      compactDiscriminator: compactDiscriminator(),
      conditionalGenerator: conditionalGenerator(),
      conditionalDiscriminator: conditionalDiscriminator(),
      convGenerator: convGenerator({ width: 0.125 }),
      convDiscriminator: convDiscriminator({ width: 0.125 }),
      denseGenerator: denseGenerator(),
      denseDiscriminator: denseDiscriminator(),
      refinedGenerator: refinedGenerator(),
      refinedDiscriminator: refinedDiscriminator(),
      encoder: denseAutoencoder().encoder,
      decoder: denseAutoencoder().decoder,
      features: digitClassifier().features,
      head: digitClassifier().head,
    }),
  )('%s', (_, model) => {
    const x = random.normal([2, ...model.inputShape!]);
    expect(bitsOf(roundTrip(model).predict(x))).toBe(bitsOf(model.predict(x)));
  });
});

describe('what cannot be described', () => {
  it('a model that is not built', () => {
    const error = thrownBy(RuntimeError, () => describeModel(sequential([layers.dense({ units: 1 })])));
    expect(error.message).toMatch(/^describeModel: sequential is not built yet/);
  });

  it("a layer of one's own, also inside of a residual block, whatever its kind is called", () => {
    const own: Layer = { kind: 'Dense', build: (items, random) => ({ ...layers.leakyReLU().build(items, random) }) };
    for (const [layer, place] of [
      [own, '0'],
      [layers.residual([own]), '0.0'],
    ] as const) {
      const model = sequential([{ ...layer, inputShape: [2] }]);
      const error = thrownBy(ArgumentError, () => describeModel(model));
      expect(error.message).toContain(`layer ${place} ("LeakyReLU") is not made by a function of layers`);
    }
  });
});

describe('hostile descriptions', () => {
  const good = describeModel(sequential([layers.dense({ units: 2, inputShape: [3] })]));
  const withLayer = (kind: unknown, config: unknown): object => ({ ...good, layers: [{ kind, config }] });
  const deep = (depth: number): object =>
    depth === 0
      ? { kind: 'Flatten', config: {} }
      : { kind: 'Residual', config: { branch: [deep(depth - 1)], shortcut: [] } };

  it.each<[string, object, string]>([
    ['another format', { ...good, format: 'onnx' }, 'modelFrom: format must be "ganvas-model", got "onnx"'],
    ['a later version', { ...good, version: 2 }, 'modelFrom: version must be 1, got 2; a newer ganvas may read it'],
    ['no name', { ...good, name: 5 }, 'modelFrom: name must be a string'],
    ['no layers', { ...good, layers: [] }, 'modelFrom: layers must be a list of at least one layer'],
    ['layers that are no list', { ...good, layers: { length: 1 } }, 'modelFrom: layers must be a list of layers'],
    ['a wrong input shape', { ...good, inputShape: [-1] }, 'modelFrom: layers: modelFrom: inputShape'],
    ['a layer that is none', { ...good, layers: [null] }, 'modelFrom: layers[0] must be a layer, got null'],
    ['an unknown kind', withLayer('Lambda', {}), 'modelFrom: layers[0].kind must be one of Activation, '],
    ['the name of a prototype', withLayer('constructor', {}), 'modelFrom: layers[0].kind must be one of Activation, '],
    ['no config', withLayer('Dense', 'units'), 'modelFrom: layers[0].config must be an object, got "units"'],
    ['a misspelt option', withLayer('Dense', { unit: 2 }), 'modelFrom: layers[0]: layers.dense: '],
    ['a wrong option', withLayer('Dense', { units: 0.5 }), 'modelFrom: layers[0]: layers.dense: units must be'],
    ['a layer that does not fit', withLayer('Conv2D', { filters: 1, kernelSize: 3 }), 'modelFrom: layers[0]: layers.'],
    ['too many weights', withLayer('Dense', { units: 2 ** 29 }), 'modelFrom: layers[0]: the model has more weights'],
    [
      'too many weights in a block',
      withLayer('Residual', { branch: [{ kind: 'Dense', config: { units: 2 ** 29 } }], shortcut: [] }),
      'modelFrom: layers[0].config.branch[0]: the model has more weights',
    ],
    ['layers in layers without end', { ...good, layers: [deep(20)] }, 'layers are nested more than 16 deep'],
  ])('%s', (_, description, message) => {
    const error = thrownBy(FormatError, () => modelFrom(description as typeof good));
    expect(error.message).toContain(message);
  });

  it('what is no plain data', () => {
    const cycle: Record<string, unknown> = { ...good };
    cycle['layers'] = [cycle];
    for (const description of [undefined, 'text', [good], cycle]) {
      thrownBy(ArgumentError, () => modelFrom(wrong(description)));
    }
  });

  it('maxWeights counts all weights before they are made; a copy of the model is not counted again', () => {
    thrownBy(FormatError, () => modelFrom(good, { maxWeights: 7 }));
    expect(modelFrom(good, { maxWeights: 8 }).weights.length).toBe(2);
  });

  it('has a sample of every kind', () => {
    expect(Object.keys(SAMPLES)).toEqual(Object.keys(KINDS));
  });
});
