/** The networks of the models of the examples, as options of trainGan. It loads in browsers too. */
import {
  ArgumentError,
  compactDiscriminator,
  compactGenerator,
  convDiscriminator,
  convGenerator,
  refinedDiscriminator,
  refinedGenerator,
  type TrainGanOptions,
} from '../src/index.ts';
import type { LabelledImages } from './digits.ts';
import type { ModelName } from './run-folder.ts';
import { weightsRandom } from './weights-random.ts';

export type GanName = Exclude<ModelName, 'autoencoder'>;

/** The length of all noise vectors, the default of the models and of trainGan. */
export const LATENT = 100;
/** Samples of the conditional GAN: each digit twice, in rows of ten. */
export const CONDITIONAL_SAMPLES = { sampleCount: 20, columns: 10 } as const;

/** Without networks, trainGan makes the dense pair of the tutorial. */
export function networksOf(
  model: GanName,
  { seed, width }: { readonly seed: number; readonly width: number },
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
