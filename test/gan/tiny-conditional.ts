/** The tiny training with labels of three classes. */
import { createRandom, layers, sequential, type TrainGanOptions } from '../../src/index.ts';
import { tinyOptions } from './tiny.ts';

export const CLASSES = 3;
/** Of the 14 images: class 0 eight times, 1 five times, 2 once. */
export const LABELS: readonly number[] = [0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 1, 0, 1, 0];

export function tinyConditional(overrides: Partial<TrainGanOptions> = {}): TrainGanOptions {
  return tinyOptions({
    labels: LABELS,
    classes: CLASSES,
    generator: sequential(
      [
        layers.dense({ units: 6, useBias: false, inputShape: [3 + CLASSES] }),
        layers.batchNormalization(),
        layers.leakyReLU(),
        layers.dense({ units: 16, activation: 'tanh' }),
        layers.reshape({ targetShape: [4, 4, 1] }),
      ],
      { random: createRandom(7) },
    ),
    discriminator: sequential(
      [
        layers.dense({ units: 5, inputShape: [16 + CLASSES] }),
        layers.batchNormalization(),
        layers.leakyReLU(),
        layers.dense({ units: 1 }),
      ],
      { random: createRandom(8) },
    ),
    ...overrides,
  });
}
