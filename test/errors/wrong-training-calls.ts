/** Wrong calls of trainGan: each is answered before the first step. */
import { tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { type Calls, FREED, keepsData, type WrongCall } from './wrong-call.ts';

const { adam, dataset, layers, sequential, tensorDataset } = ganvas;

const images = dataset(new Uint8Array(16).fill(9), [4, 2, 2, 1]);
const generator = sequential([layers.dense({ units: 4, inputShape: [3] }), layers.reshape({ targetShape: [2, 2, 1] })]);
const discriminator = sequential([layers.flatten({ inputShape: [2, 2, 1] }), layers.dense({ units: 1 })]);
keepsData(...generator.weights, ...discriminator.weights);

/** Right, so that each entry is wrong in one thing only. A step would be an error of its own. */
const right = {
  images,
  generator,
  discriminator,
  latentDim: 3,
  batchSize: 4,
  epochs: 1,
  onStep: () => {
    throw new Error('a step was made');
  },
};
const wrongly = (changes: object, message: RegExp, kind: WrongCall[0] = Argument): WrongCall => [
  kind,
  [{ ...right, ...changes }],
  message,
];
const numbers = (name: string, from: number): WrongCall[] =>
  [from - 1, from + 0.5, NaN, Infinity, '3'].map((value) =>
    wrongly(
      { [name]: value },
      new RegExp(
        `^trainGan: ${name} must be a whole number of at least ${from}; got (${typeof value === 'string' ? '"3"' : value})`,
      ),
    ),
  );
const outside = (value: number): ganvas.Dataset => tensorDataset(tensor([0, 0, 0, value], [4, 1, 1, 1]));
const optimizer = adam();
/** Takes one number and makes one: a generator of images [1], and a discriminator of them. */
const both = sequential([layers.dense({ units: 1, inputShape: [1] })]);

export const TRAINING_CALLS: Calls<typeof ganvas> = {
  trainGan: [
    [Argument, [undefined], /^trainGan: images must be a Dataset or a Tensor .* got undefined/],
    wrongly({ images: new Uint8Array(16) }, /^trainGan: images must be a Dataset or a Tensor .* got a Uint8Array/),
    wrongly(
      { images: { ...images, count: NaN } },
      /^trainGan: images.count must be a whole number from 0 to 1073741823; got NaN/,
    ),
    wrongly(
      { images: { ...images, count: undefined } },
      /^trainGan: images.count must be a whole number from 0 to 1073741823; got undefined/,
    ),
    wrongly({ images: { ...images, itemShape: 4 } }, /^trainGan: images.itemShape must be a shape, .* got 4/),
    wrongly({ images: tensor(1) }, /^trainGan: images must have shape \[n, 28, 28, 1\]; got a scalar/, Shape),
    wrongly({ images: FREED }, /^trainGan: images: tensor: it was freed/, Runtime),
    wrongly(
      { images: dataset(new Uint8Array(0), [0, 2, 2, 1]) },
      /^trainGan: images has 0 items, fewer than one batch of 4. Give more images or a smaller batchSize/,
    ),
    wrongly({ batchSize: 5 }, /^trainGan: images has 4 items, fewer than one batch of 5/),
    wrongly(
      { images: tensor([0, 0, 0, 1.5], [4, 1, 1, 1]) },
      /^trainGan: images must lie in \[-1, 1\]; element 3 is 1.5. Bytes are scaled by dataset/,
    ),
    wrongly({ images: outside(-2) }, /^trainGan: images must lie in \[-1, 1\]; element 3 is -2/),
    wrongly({ images: outside(NaN) }, /^trainGan: images must lie in \[-1, 1\]; element 3 is NaN/),
    ...numbers('latentDim', 1),
    ...numbers('epochs', 0),
    ...numbers('batchSize', 1),
    ...numbers('sampleCount', 0),
    ...numbers('seed', 0),
    wrongly({ checkpointEvery: 1 }, /^trainGan: checkpointEvery needs a checkpoint store. Use memoryCheckpoints/),
    wrongly({ checkpoint: { save: () => 0 } }, /^trainGan: checkpoint must be a CheckpointStore; got \{ save \}/),
    wrongly({ resume: true }, /^trainGan: resume needs a checkpoint store/),
    wrongly({ generator: layers.flatten() }, /^trainGan: generator must be a model; got \{ kind/),
    wrongly(
      { discriminator: { call: () => images } },
      /^trainGan: discriminator must be a model; got \{ call \}. Make one with sequential/,
    ),
    wrongly(
      { discriminatorOptimizer: { apply: () => [] } },
      /^trainGan: discriminatorOptimizer must be an optimizer; got \{ apply \}/,
    ),
    wrongly(
      { generatorOptimizer: optimizer, discriminatorOptimizer: optimizer },
      /^trainGan: generatorOptimizer and discriminatorOptimizer are one and the same .* call adam\(\{ learningRate \}\) twice/,
    ),
    wrongly(
      { images: dataset(new Uint8Array(4), [4, 1]), latentDim: 1, generator: both, discriminator: both },
      /^trainGan: generator and discriminator are one and the same model; .* Make two/,
    ),
    wrongly({ loss: 'hinge', labelSmoothing: 0.1 }, /^trainGan: labelSmoothing goes with a loss that has labels/),
    wrongly({ labels: 7 }, /^trainGan: labels must be a list of class numbers; got 7. loadMnist/),
    wrongly({ labels: [0, 1, 2] }, /^trainGan: labels must be as many as the images; got 3 labels for 4 images/),
    wrongly({ labels: [0, 1, 10, 3] }, /^trainGan: labels\[2\] must be a whole number from 0 to 9, .* got 10/),
    wrongly(
      { labels: [0, 1, 2, 3], classes: 3 },
      /^trainGan: labels\[3\] must be a whole number from 0 to 2, .* got 3/,
    ),
    wrongly({ classes: 10 }, /^trainGan: classes needs labels, one for each image. Give labels, or leave classes out/),
    wrongly(
      { labels: [0, 1, 2, 0], classes: 3 },
      /^trainGan: the generator takes items of shape \[3\], but latentDim is 3 and there are labels of 3 classes/,
      Shape,
    ),
    wrongly(
      {
        labels: [0, 1, 2, 0],
        classes: 3,
        latentDim: 4,
        generator: sequential([
          layers.dense({ units: 4, inputShape: [7] }),
          layers.reshape({ targetShape: [2, 2, 1] }),
        ]),
      },
      /^trainGan: the discriminator takes items of shape \[2, 2, 1\], but the images are \[2, 2, 1\] and there are labels of 3/,
      Shape,
    ),
    wrongly({ latentDim: 5 }, /^trainGan: the generator takes items of shape \[3\], but latentDim is 5/, Shape),
    wrongly(
      { generator: sequential([layers.dense({ units: 4, inputShape: [3] })]) },
      /^trainGan: the generator makes items of shape \[4\], but the images are \[2, 2, 1\]/,
      Shape,
    ),
    wrongly(
      { discriminator: generator },
      /^trainGan: the discriminator takes items of shape \[3\], but the images are \[2, 2, 1\]/,
      Shape,
    ),
    wrongly(
      { discriminator: sequential([layers.flatten({ inputShape: [2, 2, 1] })]) },
      /^trainGan: the discriminator makes items of shape \[4\], but one logit an image is needed/,
      Shape,
    ),
    wrongly(
      { images: dataset(new Uint8Array(64), [4, 4, 4, 1]) },
      /^trainGan: the generator makes items of shape \[2, 2, 1\], but the images are \[4, 4, 1\]/,
      Shape,
    ),
  ],
};
