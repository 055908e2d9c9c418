/**
 * Trains the dense autoencoder. Its pictures have eight columns and four rows: digits, their reconstructions, and two
 * rows of samples decoded from standard normal noise. If runs/ has a finished GAN, beside-gan.png shows samples of
 * both.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../bench/support/command-line.ts';
import {
  type Autoencoder,
  adam,
  concat,
  type Dataset,
  denseAutoencoder,
  encodeWeights,
  scope,
  type Tensor,
  trainAutoencoder,
} from '../src/index.ts';
import { saveImage, writeFileAtomic } from '../src/node/index.ts';
import type { LabelledDigits } from './digits.ts';
import type { Interruption } from './interruption.ts';
import type { TrainingOptions } from './options.ts';
import { epochName, newestRun, type RunDescription, readDescription, writeDescription } from './run-folder.ts';
import { readGenerator } from './saved-generator.ts';
import { weightsRandom } from './weights-random.ts';

const COLUMNS = 8;

/** Returns the exit code. */
export async function trainAutoencoderRun(
  options: TrainingOptions,
  { images }: LabelledDigits,
  folder: string,
  interruption: Interruption,
): Promise<number> {
  const { epochs, batchSize, seed, keep } = options;
  if (options.resume || options.checkpointEvery !== undefined) {
    throw new UsageError('--resume and --checkpoint-every are for the GANs only: the autoencoder saves no checkpoints');
  }
  const random = weightsRandom(seed);
  const autoencoder = denseAutoencoder({ random });
  const noise = random.normal([2 * COLUMNS, ...autoencoder.decoder.inputShape!]);
  const description: RunDescription = {
    model: 'autoencoder',
    images: images.count,
    batchSize,
    seed,
    epochs,
    options: { ...options.adam },
  };
  await writeDescription(folder, description);
  const losses = join(folder, 'losses.csv');
  writeFileSync(losses, 'epoch,step,loss\n');
  const saveWeights = (path: string, models: Partial<Record<'generator' | 'encoder', Autoencoder['encoder']>>) =>
    writeFileAtomic(join(folder, path), encodeWeights(models));

  const { encoder, decoder, history, completed } = await trainAutoencoder({
    images,
    autoencoder,
    epochs,
    batchSize,
    seed,
    optimizer: adam(options.adam),
    signal: interruption.signal,
    onStep: ({ epoch, step, loss }) => appendFileSync(losses, `${epoch},${step},${loss}\n`),
    async onEpoch({ epoch, loss, seconds }) {
      console.log(`epoch ${epoch}/${epochs}  mean squared error ${loss.toFixed(5)}  ${seconds.toFixed(1)} s`);
      const name = epochName(epoch);
      const shown = picture(autoencoder, images, noise);
      await saveImage(join(folder, `${name}.png`), shown, { columns: COLUMNS });
      shown.dispose();
      // The decoder draws pictures from noise, so it is saved like a generator.
      if (keep.includes(epoch)) await saveWeights(`weights/${name}.safetensors`, { generator: autoencoder.decoder });
    },
  });
  await saveWeights('generator.safetensors', { generator: decoder });
  await saveWeights('encoder.safetensors', { encoder });
  if (!completed) {
    console.error(`Stopped: the current weights are in ${folder}`);
    return interruption.exitCode();
  }
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  await writeDescription(folder, { ...description, seconds });
  await saveBesideGan(folder, decoder.predict(noise));
  console.log(`Done: pictures, losses.csv and weights are in ${folder}`);
  return 0;
}

/** [4 * COLUMNS, 28, 28, 1] */
function picture({ encoder, decoder }: Autoencoder, images: Dataset, noise: Tensor): Tensor {
  return scope(() => {
    const digits = images.gather(Array.from({ length: COLUMNS }, (_, i) => i));
    return concat([digits, decoder.predict(encoder.predict(digits)), decoder.predict(noise)]);
  });
}

/** Saves two rows of samples of the autoencoder above two rows of the newest finished GAN. */
async function saveBesideGan(folder: string, samples: Tensor): Promise<void> {
  const gan = newestRun(['dense', 'refined', 'conv']);
  const model = gan === undefined ? undefined : readDescription(gan);
  if (gan === undefined || model?.seconds === undefined) {
    console.log('There is no finished GAN in runs/ for beside-gan.png; npm run train makes one.');
    return;
  }
  const drawn = readGenerator(join(gan, 'generator.safetensors'), model.model).draw(2 * COLUMNS, 0);
  await saveImage(join(folder, 'beside-gan.png'), concat([samples, drawn]), { columns: COLUMNS });
  console.log(`beside-gan.png: samples of the autoencoder, and below them of the GAN in ${gan}`);
}
