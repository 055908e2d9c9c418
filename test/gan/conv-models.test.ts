/**
 * The convolutional pair: its layers and numbers of parameters against Keras's own, its options, and a training of it.
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  type ConfigureOptions,
  configure,
  convDiscriminator,
  convGenerator,
  createRandom,
  dataset,
  gradients,
  type Model,
  mean,
  runtimeInfo,
  scope,
  type TrainGanOptions,
  trainGan,
  zeros,
} from '../../src/index.ts';
import { findThreads } from '../../src/kernels/threads/worker.ts';
import { bitsOf } from '../nn/bits.ts';
import { hashedFloats } from '../support/reference.ts';
import { countKernels } from '../support/spy.ts';

const silent = (): void => undefined;

// Shapes and numbers of parameters as Keras prints them for the models of TensorFlow's DCGAN tutorial.
const GENERATOR = `
Model: "generator"
___________________________________________________________________________
Layer (type)                                Output Shape        Param #
===========================================================================
dense (Dense)                               (None, 12544)       1,254,400
batch_normalization (BatchNormalization)    (None, 12544)       50,176
leaky_re_lu (LeakyReLU)                     (None, 12544)       0
reshape (Reshape)                           (None, 7, 7, 256)   0
conv2d_transpose (Conv2DTranspose)          (None, 7, 7, 128)   819,200
batch_normalization_1 (BatchNormalization)  (None, 7, 7, 128)   512
leaky_re_lu_1 (LeakyReLU)                   (None, 7, 7, 128)   0
conv2d_transpose_1 (Conv2DTranspose)        (None, 14, 14, 64)  204,800
batch_normalization_2 (BatchNormalization)  (None, 14, 14, 64)  256
leaky_re_lu_2 (LeakyReLU)                   (None, 14, 14, 64)  0
conv2d_transpose_2 (Conv2DTranspose)        (None, 28, 28, 1)   1,600
===========================================================================
Total params: 2,330,944
Trainable params: 2,305,472
Non-trainable params: 25,472
___________________________________________________________________________
`;
const DISCRIMINATOR = `
Model: "discriminator"
________________________________________________________
Layer (type)               Output Shape        Param #
========================================================
conv2d (Conv2D)            (None, 14, 14, 64)  1,664
leaky_re_lu (LeakyReLU)    (None, 14, 14, 64)  0
dropout (Dropout)          (None, 14, 14, 64)  0
conv2d_1 (Conv2D)          (None, 7, 7, 128)   204,928
leaky_re_lu_1 (LeakyReLU)  (None, 7, 7, 128)   0
dropout_1 (Dropout)        (None, 7, 7, 128)   0
flatten (Flatten)          (None, 6272)        0
dense (Dense)              (None, 1)           6,273
========================================================
Total params: 212,865
Trainable params: 212,865
Non-trainable params: 0
________________________________________________________
`;

describe('the architecture', () => {
  it('is the one of the tutorial', () => {
    expect(convGenerator().summary(silent)).toBe(GENERATOR.trim());
    expect(convDiscriminator().summary(silent)).toBe(DISCRIMINATOR.trim());
  });

  it.each([
    [0.5, [128, 64, 32], [32, 64]],
    [0.25, [64, 32, 16], [16, 32]],
    [0.1, [26, 13, 6], [6, 13]],
    [1e-9, [1, 1, 1], [1, 1]],
    [1.5, [384, 192, 96], [96, 192]],
  ])('at width %d has %j and %j channels, rounded, at least 1', (width, generator, discriminator) => {
    const channels = (model: Model, places: readonly number[]): unknown[] =>
      places.map((place) => model.layers[place]!.outputShape[2]);
    expect(channels(convGenerator({ width }), [3, 4, 7])).toEqual(generator);
    expect(channels(convDiscriminator({ width }), [0, 3])).toEqual(discriminator);
    expect(convGenerator({ width }).outputShape).toEqual([28, 28, 1]);
    expect(convDiscriminator({ width }).outputShape).toEqual([1]);
  });

  it('takes noise of another length and another dropout', () => {
    expect(convGenerator({ latentDim: 7, width: 0.1 }).inputShape).toEqual([7]);
    const rates = convDiscriminator({ dropoutRate: 0.5, width: 0.1 }).layers.map(({ settings }) => settings['rate']);
    expect(rates.filter((rate) => rate !== undefined)).toEqual([0.5, 0.5]);
  });

  it('has no bias in the generator, and one in each layer of the discriminator', () => {
    const biases = (model: Model): number =>
      [...model.namedWeights.keys()].filter((name) => name.endsWith('bias')).length;
    expect([biases(convGenerator({ width: 0.1 })), biases(convDiscriminator({ width: 0.1 }))]).toEqual([0, 3]);
  });

  it('makes images in [-1, 1]', () => {
    const images = convGenerator({ width: 0.1 }).call(createRandom(1).normal([4, 100], 0, 9), { training: true });
    expect(images.shape).toEqual([4, 28, 28, 1]);
    expect(images.data.every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(images.data.some((value) => value < 0) && images.data.some((value) => value > 0)).toBe(true);
  });

  it.each([
    ['convGenerator', convGenerator],
    ['convDiscriminator', convDiscriminator],
  ])('%s begins with the same weights each time, or with those of its random generator', (_, make) => {
    const bits = (config: { random?: ReturnType<typeof createRandom> }): string =>
      bitsOf(...make({ width: 0.1, ...config }).weights);
    expect(bits({})).toBe(bits({}));
    expect(bits({ random: createRandom(1) })).toBe(bits({ random: createRandom(1) }));
    expect(bits({ random: createRandom(1) })).not.toBe(bits({}));
  });
});

/**
 * 20 images in batches of 14: a step of 14 and one of 6. The discriminator's second layer has more columns of 14 images
 * than fit into one chunk.
 */
async function trained(overrides: Partial<TrainGanOptions>): Promise<string> {
  const random = createRandom(5);
  const [generator, discriminator] = [
    convGenerator({ latentDim: 8, width: 0.25, random }),
    convDiscriminator({ width: 1, random }),
  ];
  const images = dataset(Uint8Array.from(hashedFloats(20 * 784, 99, 0, 255)), [20, 28, 28, 1]);
  const losses: number[] = [];
  const { history } = await trainGan({
    ...{ images, generator, discriminator, latentDim: 8, epochs: 1, batchSize: 14, sampleCount: 1, seed: 3 },
    ...overrides,
    onStep: ({ generatorLoss, discriminatorLoss }) => losses.push(generatorLoss, discriminatorLoss),
  });
  expect(history).toHaveLength(1);
  expect(losses).toHaveLength(4);
  return bitsOf(...generator.weights, ...discriminator.weights, { data: Float32Array.from(losses) });
}

describe('a training', () => {
  afterAll(() => configure({ threads: 1, kernels: 'auto' }));

  const additions: Partial<TrainGanOptions> = {
    ...{ loss: 'relativistic', gradientPenalty: { kind: 'r1r2' }, discriminatorSteps: 2 },
    augmentation: ['brightness', 'contrast', 'translation', 'cutout'],
  };
  it.each([
    ['with the defaults', {}],
    ['with penalties, augmentation and two discriminator steps', additions],
  ])('ends in the same bits on both kernel sets, on 1 and 2 threads, %s', async (_, options) => {
    const choices: ConfigureOptions[] = [
      { kernels: 'portable', threads: 1 },
      { kernels: 'simd', threads: 1 },
      { kernels: 'simd', threads: 2 },
    ];
    const hashes = new Set<string>();
    for (const choice of choices) {
      await configure(choice);
      expect(runtimeInfo()).toMatchObject(findThreads() === undefined ? { ...choice, threads: 1 } : choice);
      hashes.add(await trained(options));
    }
    expect([...hashes]).toHaveLength(1);
    expect(hashes).not.toContain(await trained({ ...options, seed: 4 }));
  });
});

describe('what a gradient computes', () => {
  /**
   * A convolution costs an im2col and a GEMM forward, an im2col and a GEMM for its kernel's gradient, a GEMM and a
   * col2im for its input's; a transposed one swaps the first and the last. Batches this small are one chunk.
   */
  const calls = (body: () => unknown): [gemm: number, im2col: number, col2im: number] => {
    const { counts } = countKernels(body);
    return [counts.gemm ?? 0, counts.im2col ?? 0, counts.col2im ?? 0];
  };

  it('of the discriminator: its kernels, but not its images, which are constants', () => {
    scope(() => {
      const model = convDiscriminator({ width: 0.1 });
      let loss = zeros([]);
      const forward = calls(() => {
        loss = mean(model.call(zeros([2, 28, 28, 1])));
      });
      expect(forward).toEqual([3, 2, 0]);
      // Three kernels, the inputs of the second and third layer.
      expect(calls(() => gradients(loss, model.trainableWeights))).toEqual([3 + 2, 2, 1]);
    });
  });

  it('of the generator through the discriminator: none of the kernels of the latter', () => {
    scope(() => {
      const [generator, discriminator] = [convGenerator({ width: 0.1 }), convDiscriminator({ width: 0.1 })];
      let loss = zeros([]);
      const forward = calls(() => {
        loss = mean(discriminator.call(generator.call(zeros([2, 100]))));
      });
      expect(forward).toEqual([7, 2, 3]);
      // Three inputs in the discriminator, two of them of convolutions; in the generator four kernels and three inputs
      // of convolutions.
      expect(calls(() => gradients(loss, generator.trainableWeights))).toEqual([3 + 7, 3 + 3, 2]);
    });
  });
});
