import { ArgumentError as Argument, ShapeError as Shape } from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { type Calls, keepsData, type WrongCall } from './wrong-call.ts';
import { common } from './wrong-descent-calls.ts';

const { adam, dataset, layers, sequential } = ganvas;

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
const optimizer = adam();
/** Takes one number and makes one: a generator of images [1], and a discriminator of them. */
const both = sequential([layers.dense({ units: 1, inputShape: [1] })]);

export const TRAINING_CALLS: Calls<typeof ganvas> = {
  browserCheckpoints: ['', 'a/b', '..', 'x'.repeat(65), undefined, 7].map((name): WrongCall => {
    return [Argument, [name], /^name must be a name of letters, digits, - and _; got /];
  }),
  trainGan: [
    ...common(right),
    wrongly({ generator: layers.flatten() }, /^generator must be a model; got \{ kind/),
    wrongly(
      { discriminator: { call: () => images } },
      /^discriminator must be a model; got \{ call \}. Make one with sequential/,
    ),
    wrongly(
      { discriminatorOptimizer: { apply: () => [] } },
      /^discriminatorOptimizer must be an optimizer; got \{ apply \}/,
    ),
    wrongly(
      { generatorOptimizer: optimizer, discriminatorOptimizer: optimizer },
      /^generatorOptimizer and discriminatorOptimizer are one and the same .* call adam\(\{ learningRate \}\) twice/,
    ),
    wrongly(
      { images: dataset(new Uint8Array(4), [4, 1]), latentDim: 1, generator: both, discriminator: both },
      /^generator and discriminator are one and the same model; .* Make two/,
    ),
    wrongly({ loss: 'hinge', labelSmoothing: 0.1 }, /^labelSmoothing goes with a loss that has labels/),
    wrongly({ loss: 'relativistic', labelSmoothing: 0.1 }, /^labelSmoothing goes .*, and 'relativistic' has none/),
    wrongly({ gradientPenalty: 'r1' }, /^gradientPenalty: options must be a plain object; got "r1"/),
    wrongly(
      { gradientPenalty: { kind: 'r2' } },
      /^gradientPenalty: kind must be one of 'r1', 'r1r2', 'wgan-gp'; got "r2"/,
    ),
    wrongly({ gradientPenalty: { weight: 1 } }, /^gradientPenalty: kind must be one of .* got undefined/),
    wrongly(
      { gradientPenalty: { kind: 'r1', weight: -1 } },
      /^gradientPenalty: weight must be a finite number of at least 0; got -1/,
    ),
    wrongly(
      { gradientPenalty: { kind: 'r1', evry: 2 } },
      /^gradientPenalty: unknown option "evry". Did you mean every\?/,
    ),
    wrongly({ augmentation: [] }, /^augmentation must be a list of names or \{ kind, amount \}.*; got \[\]/),
    wrongly({ augmentation: 'cutout' }, /^augmentation must be a list of names .*; got "cutout"/),
    wrongly({ augmentation: ['cutuot'] }, /^augmentation\[0\] must be one of .* Did you mean cutout\?/),
    wrongly(
      { augmentation: ['cutout', { kind: 'translation', amount: 2 }] },
      /^augmentation\[1\]: amount must be a finite number from 0 to 1; got 2/,
    ),
    wrongly({ augmentation: ['saturation'] }, /^saturation changes nothing in images of one channel, \[2, 2, 1\]/),
    wrongly(
      { augmentation: ['cutout'], images: dataset(new Uint8Array(16), [4, 4]) },
      /^augmentation changes images \[height, width, channels\]; the items are \[4\]/,
    ),
    wrongly({ labels: 7 }, /^labels must be a list of class numbers; got 7. loadMnist/),
    wrongly({ labels: [0, 1, 2] }, /^labels must be as many as the images; got 3 labels for 4 images/),
    wrongly({ labels: [0, 1, 10, 3] }, /^labels\[2\] must be a whole number from 0 to 9, .* got 10/),
    wrongly({ labels: [0, 1, 2, 3], classes: 3 }, /^labels\[3\] must be a whole number from 0 to 2, .* got 3/),
    wrongly({ classes: 10 }, /^classes needs labels, one for each image. Give labels, or leave classes out/),
    wrongly(
      { labels: [0, 1, 2, 0], classes: 3 },
      /^the generator takes items of shape \[3\], but latentDim is 3 and there are labels of 3 classes/,
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
      /^the discriminator takes items of shape \[2, 2, 1\], but the images are \[2, 2, 1\] and there are labels of 3/,
      Shape,
    ),
    wrongly({ latentDim: 5 }, /^the generator takes items of shape \[3\], but latentDim is 5/, Shape),
    wrongly(
      { generator: sequential([layers.dense({ units: 4, inputShape: [3] })]) },
      /^the generator makes items of shape \[4\], but the images are \[2, 2, 1\]/,
      Shape,
    ),
    wrongly(
      { discriminator: generator },
      /^the discriminator takes items of shape \[3\], but the images are \[2, 2, 1\]/,
      Shape,
    ),
    wrongly(
      { discriminator: sequential([layers.flatten({ inputShape: [2, 2, 1] })]) },
      /^the discriminator makes items of shape \[4\], but one logit an image is needed/,
      Shape,
    ),
    wrongly(
      { images: dataset(new Uint8Array(64), [4, 4, 4, 1]) },
      /^the generator makes items of shape \[2, 2, 1\], but the images are \[4, 4, 1\]/,
      Shape,
    ),
  ],
};
