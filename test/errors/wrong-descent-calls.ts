/**
 * Wrong calls of trainAutoencoder, trainClassifier and what belongs to them: each is answered before the first step.
 */
import { tensor, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { revoked } from './hostile-values.ts';
import { type Calls, FREED, keepsData, type WrongCall } from './wrong-call.ts';

const REVOKED = revoked({});

const { dataset, layers, sequential, tensorDataset } = ganvas;

const images = dataset(new Uint8Array(16).fill(9), [4, 2, 2, 1]);
const labels = [0, 1, 2, 0];
const encoder = sequential([layers.flatten({ inputShape: [2, 2, 1] }), layers.dense({ units: 3 })]);
const decoder = sequential([layers.dense({ units: 4, inputShape: [3] }), layers.reshape({ targetShape: [2, 2, 1] })]);
const head = sequential([layers.dense({ units: 3, inputShape: [3] })]);
const autoencoder = { encoder, decoder };
const classifier = { features: encoder, head };
keepsData(...encoder.weights, ...decoder.weights, ...head.weights);

/** Right, so that each entry is wrong in one thing only. A step would be an error of its own. */
const shared = {
  images,
  batchSize: 4,
  epochs: 1,
  onStep: () => {
    throw new Error('a step was made');
  },
};
const right = {
  trainAutoencoder: { ...shared, autoencoder },
  trainClassifier: { ...shared, labels, classifier },
};
type Training = keyof typeof right;

const wrongly = (name: Training, changes: object, message: string, kind: WrongCall[0] = Argument): WrongCall => [
  kind,
  [{ ...right[name], ...changes }],
  new RegExp(`^${message}`),
];

/** What every training refuses, with options that are right otherwise. */
export const common = (right: object): readonly WrongCall[] => {
  const wrongly = (changes: object, message: RegExp, kind: WrongCall[0] = Argument): WrongCall => [
    kind,
    [{ ...right, ...changes }],
    message,
  ];
  return [
    [Argument, [undefined], /^images must be a Dataset or a Tensor .* got undefined/],
    wrongly({ images: new Uint8Array(16) }, /^images must be a Dataset or a Tensor .* got a Uint8Array/),
    wrongly(
      { images: { ...images, count: NaN } },
      /^images.count must be a whole number from 0 to 1073741823; got NaN/,
    ),
    wrongly({ images: { ...images, count: undefined } }, /^images.count must be a whole number .* got undefined/),
    wrongly({ images: { ...images, itemShape: 4 } }, /^images.itemShape must be a shape, .* got 4/),
    wrongly({ images: tensor(1) }, /^images must have shape \[n, 28, 28, 1\]; got a scalar/, Shape),
    wrongly({ images: FREED }, /^images: tensor: it was freed/, Runtime),
    wrongly({ images: dataset(new Uint8Array(0), [0, 2, 2, 1]) }, /^images has 0 items, fewer than one batch of 4/),
    wrongly(
      { batchSize: 5 },
      /^images has 4 items, fewer than one batch of 5. Give more images or a smaller batchSize/,
    ),
    wrongly({ images: tensor([0, 0, 0, 1.5], [4, 1, 1, 1]) }, /^images must lie in \[-1, 1\]; element 3 is 1.5. Bytes/),
    ...[-2, NaN].map((value) =>
      wrongly(
        { images: tensorDataset(tensor([0, 0, 0, value], [4, 1, 1, 1])) },
        new RegExp(`^images must lie in \\[-1, 1\\]; element 3 is ${value}`),
      ),
    ),
    wrongly({ checkpoint: { save() {} } }, /^checkpoint must be a CheckpointStore; got \{ save \}/),
    wrongly({ checkpointEvery: 3 }, /^checkpointEvery needs a checkpoint store. Use memoryCheckpoints/),
    wrongly({ resume: true }, /^resume needs a checkpoint store. Use memoryCheckpoints/),
  ];
};

/** What a training by one loss refuses. */
const byOneLoss = (name: Training): readonly WrongCall[] => [
  ...common(right[name]),
  wrongly(name, { validation: 5 }, 'validation: options must be a plain object; got 5'),
  wrongly(name, { validation: { image: images } }, 'validation: unknown option "image". Did you mean images'),
  wrongly(
    name,
    { validation: { images: tensor([], [0, 2, 2, 1]), ...(name === 'trainClassifier' ? { labels: [] } : {}) } },
    'validation.images has no items. Leave validation out',
  ),
  wrongly(name, { validation: { images: 3 } }, 'validation: images must be a Dataset or a Tensor .* got 3'),
  wrongly(
    name,
    { validation: { images: tensor([0, 0], [2, 1]), labels: [0, 0] } },
    name === 'trainAutoencoder'
      ? 'validation: unknown option "labels"'
      : 'the validation images are items of shape \\[1\\], but the images are \\[2, 2, 1\\]',
    name === 'trainAutoencoder' ? Argument : Shape,
  ),
];

/** What `classify` and `accuracy` say of a classifier, and what a training does. */
const misfits: readonly (readonly [unknown, string, WrongCall[0]])[] = [
  [null, 'classifier must be two models, features and head; got null. Make them with digitClassifier', Argument],
  [encoder, 'classifier.features must be a model; got undefined', Argument],
  [{ features: encoder }, 'classifier.head must be a model; got undefined. Make one with sequential', Argument],
  [{ features: head, head }, 'the features take items of shape \\[3\\], but the images are \\[2, 2, 1\\]', Shape],
  [
    { features: encoder, head: sequential([layers.dense({ units: 3, inputShape: [5] })]) },
    'the head takes items of shape \\[5\\], but the features make \\[3\\]',
    Shape,
  ],
  [
    { features: encoder, head: decoder },
    'the head makes items of shape \\[2, 2, 1\\], but one logit a class is needed',
    Shape,
  ],
];
const mislabelled: readonly (readonly [unknown, string])[] = [
  [undefined, 'labels must be a list of class numbers; got undefined. loadMnist'],
  [7, 'labels must be a list of class numbers; got 7'],
  [[0, 1, 2], 'labels must be as many as the images; got 3 labels for 4 images'],
  [[0, 1, 2, 3], 'labels\\[3\\] must be a whole number from 0 to 2, one of 3 classes; got 3'],
  [[0, 1, -1, 0], 'labels\\[2\\] must be a whole number from 0 to 2, .* got -1'],
  [[0, 0.5, 0, 0], 'labels\\[1\\] must be a whole number from 0 to 2, .* got 0.5'],
  [[0, 0, NaN, 0], 'labels\\[2\\] must be a whole number from 0 to 2, .* got NaN'],
  [['0', 0, 0, 0], 'labels\\[0\\] must be a whole number from 0 to 2, .* got "0"'],
];

export const DESCENT_CALLS: Calls<typeof ganvas> = {
  trainAutoencoder: [
    ...byOneLoss('trainAutoencoder'),
    wrongly('trainAutoencoder', { autoencoder: encoder }, 'autoencoder.encoder must be a model; got undefined'),
    wrongly(
      'trainAutoencoder',
      { autoencoder: REVOKED },
      'autoencoder must be an encoder and a decoder whose properties can be read; got',
    ),
    wrongly('trainAutoencoder', { autoencoder: { encoder } }, 'autoencoder.decoder must be a model; got undefined'),
    wrongly(
      'trainAutoencoder',
      { autoencoder: { encoder: decoder, decoder } },
      'the encoder takes items of shape \\[3\\], but the images are \\[2, 2, 1\\]',
      Shape,
    ),
    wrongly(
      'trainAutoencoder',
      { autoencoder: { encoder, decoder: encoder } },
      'the decoder takes items of shape \\[2, 2, 1\\], but the encoder makes \\[3\\]',
      Shape,
    ),
    wrongly(
      'trainAutoencoder',
      { autoencoder: { encoder, decoder: head } },
      'the decoder makes items of shape \\[3\\], but the images are \\[2, 2, 1\\]',
      Shape,
    ),
  ],
  trainClassifier: [
    ...byOneLoss('trainClassifier'),
    ...misfits.map(([one, message, kind]) => wrongly('trainClassifier', { classifier: one }, message, kind)),
    ...mislabelled.map(([one, message]) => wrongly('trainClassifier', { labels: one }, message)),
  ],
  classify: [
    ...misfits.map(([one, message, kind]): WrongCall => [kind, [one, images], new RegExp(`^${message}`)]),
    [Argument, [classifier], /^images must be a Dataset or a Tensor .* got undefined/],
    [Argument, [classifier, [1, 2]], /^images must be a Dataset or a Tensor .* got \[1, 2\]/],
    [Runtime, [classifier, FREED], /^images: tensor: it was freed/],
    [Shape, [classifier, zeros([4, 3, 3, 1])], /^the features take items of shape \[2, 2, 1\], but the images/],
  ],
  accuracy: [
    ...misfits.map(([one, message, kind]): WrongCall => [kind, [one, images, labels], new RegExp(`^${message}`)]),
    ...mislabelled.map(([one, message]): WrongCall => [Argument, [classifier, images, one], new RegExp(`^${message}`)]),
    [Argument, [classifier, labels, images], /^images must be a Dataset or a Tensor .* got \[0, 1, 2, 0\]/],
  ],
};
