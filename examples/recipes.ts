/** The settings that each model is trained with, unless a program is told otherwise. */
import type { GanLoss, GradientPenaltyOptions } from '../src/index.ts';
import type { ModelName } from './run-folder.ts';

/** What a model is trained with, if the command line says nothing else. */
export interface Recipe {
  readonly adam: { readonly learningRate?: number; readonly beta1?: number; readonly beta2?: number };
  readonly loss?: GanLoss;
  readonly emaMomentum?: number;
  readonly gradientPenalty?: GradientPenaltyOptions;
  /** Images in a step and passes over the images: with a folder of MNIST, and with the 10,000 digits. */
  readonly batchSize: readonly [number, number];
  readonly epochs: readonly [number, number];
}

/**
 * 256 is the batch size of the tutorial. The 10,000 digits, a sixth of MNIST, get a quarter of it, so that an epoch has
 * about as many steps.
 */
const TUTORIAL: Recipe = { adam: {}, batchSize: [256, 64], epochs: [100, 100] };

/**
 * Source of the settings of `conv`: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep
 * Convolutional Generative Adversarial Networks", ICLR 2016, section 4. Those of `compact` were found by bench/quality.
 */
export const RECIPES: Readonly<Record<ModelName, Recipe>> = {
  compact: {
    adam: { learningRate: 2e-3, beta1: 0, beta2: 0.99 },
    emaMomentum: 0.999,
    // R1 takes about as long as the rest of the discriminator's part of a step.
    gradientPenalty: { kind: 'r1', weight: 3, every: 2 },
    batchSize: [64, 64],
    epochs: [25, 50],
  },
  dense: TUTORIAL,
  refined: TUTORIAL,
  conditional: TUTORIAL,
  autoencoder: TUTORIAL,
  conv: { adam: { learningRate: 2e-4, beta1: 0.5 }, batchSize: [64, 64], epochs: [100, 100] },
};

/** A quarter of the channels takes a sixteenth of the operations. */
export const WIDTHS: Readonly<Partial<Record<ModelName, number>>> = { conv: 0.25 };
