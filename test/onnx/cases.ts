/** The models and layers that encodeOnnx is tried on. Weights are random, moving statistics and biases included. */
import {
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
  digitClassifier,
  type Layer,
  layers,
  type Model,
  type Random,
  refinedDiscriminator,
  refinedGenerator,
  type Shape,
  scope,
  sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts';
import type { ActivationName } from '../../src/nn/activations.ts';
import type { LayerKind } from '../../src/nn/layer.ts';

export interface Case {
  readonly name: string;
  readonly model: Model;
  /** A batch of inputs. */
  draw(batch: number, random: Random): Tensor;
}

/** All models of the library, as after a training: with moving statistics and biases of all sizes. */
export function modelCases(): Case[] {
  const { encoder, decoder } = denseAutoencoder();
  const { features, head } = digitClassifier();
  const colour = { imageShape: [32, 24, 3], width: 0.25 };
  const models: Record<string, Model> = {
    denseGenerator: denseGenerator(),
    refinedGenerator: refinedGenerator(),
    conditionalGenerator: conditionalGenerator(),
    convGenerator: convGenerator({ width: 0.25 }),
    'convGenerator, colour': convGenerator(colour),
    compactGenerator: compactGenerator(),
    'compactGenerator, colour': compactGenerator(colour),
    decoder,
    denseDiscriminator: denseDiscriminator(),
    refinedDiscriminator: refinedDiscriminator(),
    conditionalDiscriminator: conditionalDiscriminator(),
    convDiscriminator: convDiscriminator({ width: 0.25 }),
    compactDiscriminator: compactDiscriminator(),
    encoder,
    features,
    head,
  };
  return Object.entries(models).map(([name, model], i) => normalCase(name, model, 100 + i));
}

/** Each kind of layer with settings drawn from a seed. A new kind does not compile until it is here. */
const KINDS: Readonly<Record<LayerKind, (draw: Draw) => Layer | readonly Layer[]>> = {
  Activation: ({ pick, items }) => layers.activation(pick(ACTIVATIONS), items()),
  AveragePooling2D: (draw) => layers.averagePooling2d({ ...pool(draw), ...draw.images() }),
  BatchNormalization: ({ pick, items }) =>
    layers.batchNormalization({ ...items(1), epsilon: 0.01, center: pick(FLAGS), scale: pick(FLAGS) }),
  Conv2D: (draw) => [layers.conv2d({ ...convolution(draw), ...draw.images() }), layers.batchNormalization()],
  Conv2DTranspose: (draw) => [
    layers.conv2dTranspose({ ...convolution(draw), ...draw.images() }),
    layers.batchNormalization(),
  ],
  Dense: ({ pick, items }) => [
    layers.dense({ units: 5, useBias: pick(FLAGS), activation: pick(['linear', 'relu', 'softmax']), ...items(1) }),
    layers.batchNormalization(),
  ],
  Dropout: ({ items }) => layers.dropout({ rate: 0.5, ...items() }),
  ELU: ({ pick, items }) => layers.elu({ alpha: pick([0, 0.5, 2]), ...items() }),
  Embedding: ({ pick }) => layers.embedding({ inputDim: 11, outputDim: 3, inputShape: pick([[], [1], [4], [2, 3]]) }),
  Flatten: ({ items }) => layers.flatten(items()),
  GlobalAveragePooling2D: ({ pick, images }) => [
    layers.upsampling2d(images()),
    layers.globalAveragePooling2d({ keepDims: pick(FLAGS) }),
  ],
  GroupNormalization: ({ pick, items }) =>
    layers.groupNormalization({
      groups: pick([1, 2, 3, -1]),
      center: pick(FLAGS),
      scale: pick(FLAGS),
      ...items(1, pick([6, 12])),
    }),
  LayerNormalization: ({ pick, items }) =>
    layers.layerNormalization({ epsilon: pick([1e-3, 0.1]), center: pick(FLAGS), scale: pick(FLAGS), ...items(1) }),
  LeakyReLU: ({ pick, items }) => layers.leakyReLU({ negativeSlope: pick([0, 0.2, 1.5]), ...items() }),
  MaxPooling2D: (draw) => layers.maxPooling2d({ ...pool(draw), ...draw.images() }),
  PReLU: ({ pick, items, images }) =>
    pick([
      () => layers.prelu({ alphaInitializer: 'randomNormal', ...items() }),
      () => [layers.maxPooling2d({ poolSize: 1, ...images() }), layers.prelu({ sharedAxes: pick([[], [1], [1, 2]]) })],
    ])(),
  Reshape: ({ pick, images }) => [
    layers.upsampling2d(images()),
    layers.reshape({ targetShape: pick([[-1], [4, -1], [-1, 2, 2], [1, -1]]) }),
    layers.activation('tanh'),
  ],
  Residual: ({ pick, images }) => [
    layers.residual(
      [
        layers.batchNormalization(),
        layers.activation(pick(ACTIVATIONS)),
        layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }),
        layers.batchNormalization(),
      ],
      { shortcut: [layers.conv2d({ filters: 4, kernelSize: 1 })], ...images() },
    ),
    layers.residual([
      layers.residual([layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' })]),
      pick([layers.softmax(), layers.layerNormalization(), layers.dense({ units: 4 })]),
    ]),
  ],
  Softmax: ({ pick, images }) => [
    pick([layers.upsampling2d(images()), layers.activation('linear', images())]),
    layers.softmax({ axis: pick([-1, -2, -3]) }),
  ],
  SpectralNormalization: (draw) => [
    draw.pick([
      () => layers.spectralNormalization(layers.dense({ units: 4 }), draw.items(1)),
      () => layers.spectralNormalization(layers.conv2d(convolution(draw)), draw.images()),
      () => layers.spectralNormalization(layers.conv2dTranspose(convolution(draw)), draw.images()),
    ])(),
    layers.batchNormalization(),
  ],
  UpSampling2D: ({ pick, images }) =>
    layers.upsampling2d({ size: pick([1, 2, 3, [2, 1]]), interpolation: pick(['nearest', 'bilinear']), ...images() }),
  ZeroPadding2D: ({ pick, images }) => [
    pick([layers.upsampling2d(images()), layers.activation('relu', images())]),
    layers.zeroPadding2d({
      padding: pick([
        1,
        [0, 2],
        [
          [1, 2],
          [3, 0],
        ],
      ] as const),
    }),
  ],
};

const ACTIVATIONS = Object.keys({
  linear: 0,
  relu: 0,
  leakyRelu: 0,
  tanh: 0,
  sigmoid: 0,
  elu: 0,
  exponential: 0,
  gelu: 0,
  hardSigmoid: 0,
  mish: 0,
  relu6: 0,
  selu: 0,
  silu: 0,
  softmax: 0,
  softplus: 0,
  softsign: 0,
  swish: 0,
} satisfies Record<ActivationName, 0>) as ActivationName[];

const FLAGS = [true, false] as const;

/** How many models are made of each kind of layer. */
const SAMPLES = 12;

/** Each layer alone with random settings, and each activation behind a convolution, whose channels are first. */
export function layerCases(): Case[] {
  const cases: Case[] = [];
  for (const [kind, make] of Object.entries(KINDS)) {
    for (let seed = 0; seed < SAMPLES; seed++) {
      const made = make(drawing(createRandom(seed)));
      const model = sequential(Array.isArray(made) ? made : [made as Layer], { name: kind });
      const name = `${kind} ${seed} ${JSON.stringify(model.inputShape)}`;
      cases.push(kind === 'Embedding' ? indexCase(name, model) : normalCase(name, model, seed));
    }
  }
  for (const [i, activation] of ACTIVATIONS.entries()) {
    const conv = layers.conv2d({ filters: 3, kernelSize: 3, activation, inputShape: [6, 5, 2] });
    cases.push(normalCase(`Conv2D with ${activation}`, sequential([conv]), i));
  }
  return cases;
}

/** Draws settings. */
interface Draw {
  pick<T>(choices: readonly T[]): T;
  /** The shape of items with at least so many axes, and with so many channels. */
  items(leastRank?: number, channels?: number): { readonly inputShape: Shape };
  images(): { readonly inputShape: Shape };
}

function drawing(random: Random): Draw {
  const pick = <T>(choices: readonly T[]): T =>
    scope(() => choices[Math.floor(random.uniform([1]).item() * choices.length)]!);
  const size = (): number => pick([1, 2, 3, 4, 5, 6]);
  return {
    pick,
    items: (leastRank = 0, channels = size()) => {
      const rank = pick([0, 1, 2, 3].filter((one) => one >= leastRank));
      return { inputShape: rank === 0 ? [] : [...Array.from({ length: rank - 1 }, size), channels] };
    },
    images: () => ({ inputShape: [pick([4, 6, 7]), pick([4, 5, 8]), pick([1, 2, 3])] }),
  };
}

function pool({ pick }: Draw) {
  return {
    poolSize: pick([1, 2, 3, [3, 2]] as const),
    strides: pick([1, 2, [2, 3]] as const),
    padding: pick(['same', 'valid'] as const),
  };
}

function convolution({ pick }: Draw) {
  return {
    filters: pick([1, 3, 4]),
    kernelSize: pick([1, 2, 3, 4, [4, 3]] as const),
    strides: pick([1, 2, 3, [2, 1]] as const),
    padding: pick(['same', 'valid'] as const),
    useBias: pick(FLAGS),
    activation: pick(['linear', 'linear', 'tanh'] as const),
  };
}

function normalCase(name: string, model: Model, seed: number): Case {
  const random = createRandom(1000 + seed);
  scope(() => {
    for (const [path, weight] of model.namedWeights) {
      const own = path.slice(path.lastIndexOf('.') + 1);
      if (own === 'moving_variance') weight.assign(random.uniform(weight.shape, 0.2, 2));
      else if (own === 'gamma') weight.assign(random.uniform(weight.shape, 0.5, 1.5));
      else if (own !== 'kernel') weight.assign(random.normal(weight.shape, 0, 0.5));
    }
  });
  return { name, model, draw: (batch, noise) => noise.normal([batch, ...model.inputShape!]) };
}

/** Inputs are indices below 11. */
function indexCase(name: string, model: Model): Case {
  const draw: Case['draw'] = (batch, random) => {
    const shape = [batch, ...model.inputShape!];
    return tensor(
      random.uniform(shape, 0, 11).data.map((value) => Math.min(Math.floor(value), 10)),
      shape,
    );
  };
  return { name, model, draw };
}
