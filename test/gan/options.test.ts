/** The options of trainGan: defaults, and every complaint before the first step. */
import { describe, expect, it } from 'vitest';
import { readTrainGanOptions } from '../../src/gan/options.ts';
import {
  ArgumentError,
  adam,
  createRandom,
  dataset,
  denseDiscriminator,
  denseGenerator,
  type GanvasError,
  layers,
  memoryCheckpoints,
  ShapeError,
  sequential,
  tensor,
  trainGan,
  zeros,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { rejection } from '../support/folder.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

const IMAGES = dataset(new Uint8Array(300 * 784), [300, 28, 28, 1]);

describe('defaults', () => {
  it('are those of the documentation', () => {
    const setup = readTrainGanOptions({ images: IMAGES });
    const { latentDim, epochs, batchSize, seed, sampleCount, checkpoint, checkpointEvery, resume, networks } = setup;
    expect({ latentDim, epochs, batchSize, seed, sampleCount, checkpoint, checkpointEvery, resume }).toEqual({
      latentDim: 100,
      epochs: 100,
      batchSize: 256,
      seed: 42,
      sampleCount: 16,
      checkpoint: undefined,
      checkpointEvery: undefined,
      resume: false,
    });
    const rate = { name: 'adam', learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    expect(networks.generatorOptimizer.config).toEqual(rate);
    expect(networks.discriminatorOptimizer.config).toEqual(rate);
    expect(networks.generatorOptimizer).not.toBe(networks.discriminatorOptimizer);
  });

  it('models are the dense pair, drawn by the seed one after the other', () => {
    const { networks } = readTrainGanOptions({ images: IMAGES, seed: 7, latentDim: 5 });
    const random = createRandom(7);
    const expected = [denseGenerator({ latentDim: 5, random }), denseDiscriminator({ random })];
    const got = [networks.generator, networks.discriminator];
    expect(got.map(({ weights }) => bitsOf(...weights))).toEqual(expected.map(({ weights }) => bitsOf(...weights)));
  });

  it('undefined counts as absent', () => {
    const setup = readTrainGanOptions({ images: IMAGES, epochs: undefined, generator: undefined, signal: undefined });
    expect(setup.epochs).toBe(100);
  });
});

describe('images', () => {
  it('may be a tensor, whose values are used as they are', () => {
    const values = createRandom(1).uniform([4, 28, 28, 1], -1, 1);
    const { images } = readTrainGanOptions({ images: values, batchSize: 4 });
    expect([images.count, images.itemShape]).toEqual([4, [28, 28, 1]]);
    expect([...images.gather([2, 0]).data]).toEqual([...values.data.slice(1568, 2352), ...values.data.slice(0, 784)]);
  });

  it.each([
    [1.5, 'element 800 is 1.5'],
    [-1.0001, 'element 800 is -1.000'],
    [Number.NaN, 'element 800 is NaN'],
  ])('with %d among them are refused', (value, message) => {
    const images = zeros([4, 28, 28, 1]);
    images.data[800] = value;
    const error = thrownBy(ArgumentError, () => readTrainGanOptions({ images, batchSize: 4 }));
    expect(error.message).toContain('trainGan: images must lie in [-1, 1]; ');
    expect(error.message).toContain(message);
    expect(error.message).toContain('Bytes are scaled by dataset(bytes, shape).');
  });
});

const whole = 'must be a whole number of at least';
const INVALID: readonly (readonly [string, unknown, string])[] = [
  ['no options', undefined, 'images must be a Dataset or a Tensor [n, 28, 28, 1]; got undefined'],
  ['null', null, 'options must be a plain object; got null'],
  ['a misspelt option', { images: IMAGES, batchsize: 4 }, 'unknown option "batchsize". Did you mean batchSize?'],
  ['another misspelt option', { images: IMAGES, epoch: 4 }, 'Did you mean epochs?'],
  ['no images', {}, 'images must be a Dataset or a Tensor [n, 28, 28, 1]; got undefined. Make one with dataset('],
  ['bytes', { images: new Uint8Array(784) }, 'images must be a Dataset or a Tensor [n, 28, 28, 1]; got a Uint8Array'],
  [
    'fewer images than a batch',
    { images: IMAGES, batchSize: 301 },
    'images has 300 items, fewer than one batch of 301',
  ],
  ['latentDim', { images: IMAGES, latentDim: 0 }, `latentDim ${whole} 1; got 0`],
  ['epochs', { images: IMAGES, epochs: -1 }, `epochs ${whole} 0; got -1`],
  ['epochs as text', { images: IMAGES, epochs: '3' }, `epochs ${whole} 0; got "3"`],
  ['batchSize', { images: IMAGES, batchSize: 0 }, `batchSize ${whole} 1; got 0`],
  ['batchSize', { images: IMAGES, batchSize: 2.5 }, `batchSize ${whole} 1; got 2.5`],
  ['sampleCount', { images: IMAGES, sampleCount: -1 }, `sampleCount ${whole} 0; got -1`],
  ['seed', { images: IMAGES, seed: -1 }, `seed ${whole} 0; got -1`],
  ['seed', { images: IMAGES, seed: 2 ** 53 }, `seed ${whole} 0; got 9007199254740992`],
  ['onStep', { images: IMAGES, onStep: 'log' }, 'onStep must be a function; got "log"'],
  ['onEpoch', { images: IMAGES, onEpoch: null }, 'onEpoch must be a function; got null'],
  ['onResume', { images: IMAGES, onResume: 1 }, 'onResume must be a function; got 1'],
  ['signal', { images: IMAGES, signal: new AbortController() }, 'signal must be an AbortSignal; got a AbortController'],
  ['generator', { images: IMAGES, generator: layers.flatten() }, 'generator must be a model'],
  ['discriminator', { images: IMAGES, discriminator: 'dense' }, 'discriminator must be a model; got "dense"'],
  [
    'generatorOptimizer',
    { images: IMAGES, generatorOptimizer: 1e-4 },
    'generatorOptimizer must be an optimizer; got 0.0001',
  ],
  [
    'discriminatorOptimizer',
    { images: IMAGES, discriminatorOptimizer: adam },
    'discriminatorOptimizer must be an optimizer; got function adam',
  ],
  ['checkpoint', { images: IMAGES, checkpoint: 'run' }, 'checkpoint must be a CheckpointStore; got "run"'],
  [
    'checkpointEvery',
    { images: IMAGES, checkpoint: memoryCheckpoints(), checkpointEvery: 0 },
    `checkpointEvery ${whole} 1; got 0`,
  ],
  ['resume', { images: IMAGES, resume: 'yes' }, 'resume must be true or false; got "yes"'],
  ['resume without a store', { images: IMAGES, resume: true }, 'resume needs a checkpoint store'],
  [
    'checkpointEvery without a store',
    { images: IMAGES, checkpointEvery: 1 },
    'checkpointEvery needs a checkpoint store',
  ],
];

describe('an ArgumentError for', () => {
  it.each(INVALID)('%s (%#)', async (_, options, message) => {
    const error = await rejection(trainGan(wrong(options)));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as GanvasError).message).toContain('trainGan: ');
    expect((error as GanvasError).message).toContain(message);
  });
});

const small = (units: number): ReturnType<typeof sequential> => sequential([layers.dense({ units, inputShape: [4] })]);

describe('a ShapeError where the parts do not meet', () => {
  const CASES: readonly (readonly [string, object, string])[] = [
    [
      'noise and generator',
      { generator: denseGenerator({ latentDim: 64 }) },
      'the generator takes items of shape [64], but latentDim is 100.',
    ],
    [
      'generator and images',
      { generator: small(784), latentDim: 4 },
      'the generator makes items of shape [784], but the images are [28, 28, 1].',
    ],
    [
      'discriminator and images',
      { images: tensor(new Float32Array(300 * 4), [300, 4]), generator: small(4), latentDim: 4 },
      'the discriminator takes items of shape [28, 28, 1], but the images are [4].',
    ],
    [
      'discriminator and logit',
      { discriminator: sequential([layers.flatten({ inputShape: [28, 28, 1] }), layers.dense({ units: 2 })]) },
      'the discriminator makes items of shape [2], but one logit an image is needed.',
    ],
  ];

  it.each(CASES)('%s', async (_, options, message) => {
    const error = await rejection(trainGan({ images: IMAGES, ...options }));
    expect(error).toBeInstanceOf(ShapeError);
    expect((error as ShapeError).message).toBe(`trainGan: ${message}`);
  });

  it('models without an inputShape are built for what they will meet', () => {
    const generator = sequential([layers.dense({ units: 784 }), layers.reshape({ targetShape: [28, 28, 1] })]);
    const discriminator = sequential([layers.flatten(), layers.dense({ units: 1 })]);
    readTrainGanOptions({ images: IMAGES, generator, discriminator, latentDim: 9 });
    expect([generator.inputShape, discriminator.inputShape]).toEqual([[9], [28, 28, 1]]);
  });
});
