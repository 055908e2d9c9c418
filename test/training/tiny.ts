/** Tiny autoencoders and classifiers of 4x4 images, whose trainings take milliseconds. */
import {
  type Autoencoder,
  adam,
  type Classifier,
  createRandom,
  dataset,
  layers,
  sequential,
  type TrainAutoencoderOptions,
  type TrainClassifierOptions,
} from '../../src/index.ts';

export const COUNT = 14;
export const EPOCHS = 3;
export const STEPS_PER_EPOCH = 4;
export const CLASSES = 3;

const bytes = Uint8Array.from({ length: COUNT * 16 }, (_, i) => (i * i * 37 + 11 * i) & 255);
export const LABELS: Uint8Array = Uint8Array.from({ length: COUNT }, (_, i) => (i * 5) % CLASSES);

export function tinyAutoencoder(seed = 7): Autoencoder {
  const random = createRandom(seed);
  const encoder = sequential(
    [
      layers.flatten({ inputShape: [4, 4, 1] }),
      layers.dense({ units: 6, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 3, useBias: false }),
      layers.batchNormalization({ center: false, scale: false }),
    ],
    { random, name: 'encoder' },
  );
  const decoder = sequential(
    [
      layers.dense({ units: 16, activation: 'tanh', inputShape: [3] }),
      layers.dropout({ rate: 0.1 }),
      layers.reshape({ targetShape: [4, 4, 1] }),
    ],
    { random, name: 'decoder' },
  );
  return { encoder, decoder };
}

export function tinyClassifier(seed = 7): Classifier {
  const random = createRandom(seed);
  const features = sequential(
    [
      layers.flatten({ inputShape: [4, 4, 1] }),
      layers.dense({ units: 6 }),
      layers.batchNormalization(),
      layers.activation('relu'),
    ],
    { random, name: 'features' },
  );
  const head = sequential([layers.dropout({ rate: 0.25 }), layers.dense({ units: CLASSES, inputShape: [6] })], {
    random,
    name: 'head',
  });
  return { features, head };
}

/** 14 images in batches of 4: the last batch of an epoch has 2. Dropout draws random numbers within each step. */
const shared = () => ({
  images: dataset(bytes, [COUNT, 4, 4, 1]),
  epochs: EPOCHS,
  batchSize: 4,
  seed: 5,
  optimizer: adam({ learningRate: 1e-2 }),
});

export function autoencoderOptions(overrides: Partial<TrainAutoencoderOptions> = {}): TrainAutoencoderOptions {
  return { ...shared(), autoencoder: tinyAutoencoder(), ...overrides };
}

export function classifierOptions(overrides: Partial<TrainClassifierOptions> = {}): TrainClassifierOptions {
  return { ...shared(), labels: LABELS, classifier: tinyClassifier(), ...overrides };
}
