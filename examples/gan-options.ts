/** The options of trainGan that a model of the examples needs: networks, optimizers and losses. */
import {
  ArgumentError,
  adam,
  compactDiscriminator,
  compactGenerator,
  convDiscriminator,
  convGenerator,
  type Optimizer,
  refinedDiscriminator,
  refinedGenerator,
  schedules,
  type TrainGanOptions,
} from '../src/index.ts';
import type { LabelledImages } from './digits.ts';
import type { TrainingOptions } from './options.ts';
import type { ModelName } from './run-folder.ts';
import { weightsRandom } from './weights-random.ts';

export type GanName = Exclude<ModelName, 'autoencoder'>;

/** The length of all noise vectors, the default of the models and of trainGan. */
export const LATENT = 100;
/** The default of trainGan. */
const LEARNING_RATE = 1e-4;
/** Samples of the conditional GAN: each digit twice, in rows of ten. */
export const CONDITIONAL_SAMPLES = { sampleCount: 20, columns: 10 } as const;

/** The settings that decide what is trained. */
export type GanSettings = Pick<
  TrainingOptions,
  | ('adam' | 'augment' | 'batchSize' | 'decay' | 'discriminatorSteps' | 'emaMomentum' | 'epochs')
  | ('gradientPenalty' | 'labelSmoothing' | 'loss' | 'seed' | 'width')
>;

/** All but what a program does on the way: checkpoints, callbacks, the signal. */
export function ganOptions(
  options: GanSettings,
  model: GanName,
  data: LabelledImages,
): TrainGanOptions & { readonly images: LabelledImages['images'] } {
  const { images } = data;
  const { epochs, batchSize, seed, loss, labelSmoothing, emaMomentum, augment } = options;
  const { gradientPenalty, discriminatorSteps } = options;
  return {
    ...networksOf(model, options, data),
    ...optimizersOf(options, epochs * Math.ceil(images.count / batchSize)),
    ...{ images, epochs, batchSize, seed, loss, labelSmoothing, emaMomentum, gradientPenalty, discriminatorSteps },
    ...(augment.length > 0 && { augmentation: augment }),
  };
}

/** Without networks, trainGan makes the dense pair of the tutorial. */
function networksOf(
  model: GanName,
  { seed, width }: GanSettings,
  { images, labels, classes }: LabelledImages,
): Partial<TrainGanOptions> {
  const random = weightsRandom(seed);
  const dense = { imageShape: images.itemShape, random };
  const convolutional = { ...dense, width };
  switch (model) {
    case 'compact':
      return { generator: compactGenerator(convolutional), discriminator: compactDiscriminator(convolutional) };
    case 'dense':
      return {};
    case 'refined':
      return { generator: refinedGenerator(dense), discriminator: refinedDiscriminator(dense) };
    case 'conv':
      return { generator: convGenerator(convolutional), discriminator: convDiscriminator(convolutional) };
    case 'conditional':
      if (labels === undefined) throw new ArgumentError('--model conditional needs a folder for each class');
      return { labels, classes, sampleCount: CONDITIONAL_SAMPLES.sampleCount };
  }
}

/** Without settings, the defaults of trainGan, which are those of the tutorial. */
function optimizersOf({ adam: config, decay }: GanSettings, steps: number): Partial<TrainGanOptions> {
  if (Object.keys(config).length === 0 && decay === 0) return {};
  const { learningRate: rate = LEARNING_RATE } = config;
  const decaySteps = Math.round(decay * steps);
  const learningRate =
    decaySteps === 0
      ? rate
      : schedules.cosineDecay({
          initialLearningRate: rate,
          // A warm-up from the rate to the same rate: it stays constant until the decay.
          warmupTarget: rate,
          warmupSteps: Math.max(0, steps - decaySteps),
          decaySteps,
        });
  const one = (): Optimizer => adam({ ...config, learningRate });
  return { generatorOptimizer: one(), discriminatorOptimizer: one() };
}
