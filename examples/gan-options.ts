/** The options of trainGan that a model of the examples needs: networks, optimizers and losses. */
import { adam, type Optimizer, schedules, type TrainGanOptions } from '../src/index.ts';
import type { LabelledImages } from './digits.ts';
import { type GanName, networksOf } from './gan-networks.ts';
import type { TrainingOptions } from './options.ts';

/** The default of trainGan. */
const LEARNING_RATE = 1e-4;

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
