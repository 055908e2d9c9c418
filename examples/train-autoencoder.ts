/**
 * Trains the dense autoencoder. Its pictures have eight columns and four rows: digits, their reconstructions, and two
 * rows of samples decoded from standard normal noise. If runs/ has a finished GAN, beside-gan.png shows samples of
 * both.
 */
import { join } from 'node:path';
import {
  type Autoencoder,
  adam,
  concat,
  type Dataset,
  denseAutoencoder,
  encodeModels,
  scope,
  type Tensor,
  trainAutoencoder,
} from '../src/index.ts';
import { checkpointDirectory, csvLog, saveImage, tensorboardLog, writeFileAtomic } from '../src/node/index.ts';
import type { LabelledImages } from './digits.ts';
import type { Interruption } from './interruption.ts';
import type { TrainingOptions } from './options.ts';
import { trainingCommand } from './report/command.ts';
import { readableGrid } from './report/readable-grid.ts';
import { createReporter } from './report/reporter.ts';
import { furtherFlags } from './resume.ts';
import {
  describeResume,
  epochName,
  finalGenerator,
  newestRun,
  otherShape,
  type RunDescription,
  readDescription,
  writeDescription,
} from './run-folder.ts';
import { readGenerator } from './saved-generator.ts';
import { watchKeys } from './training-keys.ts';
import { weightsRandom } from './weights-random.ts';

const COLUMNS = 8;

/** Returns the exit code. */
export async function trainAutoencoderRun(
  options: TrainingOptions,
  { images }: LabelledImages,
  folder: string,
  interruption: Interruption,
): Promise<number> {
  const { epochs, batchSize, seed, keep, checkpointEvery, resume } = options;
  const random = weightsRandom(seed);
  const autoencoder = denseAutoencoder({ imageShape: images.itemShape, random });
  const noise = random.normal([2 * COLUMNS, ...autoencoder.decoder.inputShape!]);
  const description: RunDescription = {
    model: 'autoencoder',
    images: images.count,
    imageShape: otherShape(images.itemShape),
    batchSize,
    seed,
    epochs,
    command: trainingCommand(options),
    flags: furtherFlags(options),
    options: { ...options.adam },
  };
  const report = createReporter(folder, description);
  // With --resume not before the saved settings are found to be the same.
  if (!resume) await writeDescription(folder, description);
  const board = options.tensorboard ? tensorboardLog(folder, { columns: COLUMNS }) : undefined;
  const keys = watchKeys({ interruption, canSave: false, show: (line) => console.log(line) });
  const logLoss = csvLog(join(folder, 'losses.csv'));
  const saveWeights = (path: string, models: Partial<Record<'generator' | 'encoder', Autoencoder['encoder']>>) =>
    writeFileAtomic(join(folder, path), encodeModels(models));

  const { encoder, decoder, history, completed } = await trainAutoencoder({
    images,
    autoencoder,
    epochs,
    batchSize,
    seed,
    optimizer: adam(options.adam),
    checkpoint: checkpointDirectory(join(folder, 'checkpoints')),
    checkpointEvery,
    resume,
    signal: interruption.signal,
    async onResume(event) {
      board?.onResume(event);
      await writeDescription(folder, description);
      console.log(describeResume(event, folder));
    },
    async onStep(event) {
      logLoss(event);
      board?.onStep(event);
      await keys.beforeStep();
    },
    async onEpoch(event) {
      const { epoch, loss, seconds } = event;
      console.log(`epoch ${epoch}/${epochs}  mean squared error ${loss.toFixed(5)}  ${seconds.toFixed(1)} s`);
      const name = epochName(epoch);
      const shown = picture(autoencoder, images, noise);
      await saveImage(join(folder, `${name}.png`), shown, readableGrid(shown, COLUMNS));
      board?.onEpoch({ ...event, samples: shown });
      shown.dispose();
      // The decoder draws pictures from noise, so it is saved like a generator.
      if (keep.includes(epoch)) await saveWeights(`weights/${name}.safetensors`, { generator: autoencoder.decoder });
      await report.onEpoch();
    },
  }).finally(keys.close);
  await saveWeights('generator.safetensors', { generator: decoder });
  await saveWeights('encoder.safetensors', { encoder });
  await report.close(decoder, undefined, completed ? history : undefined);
  if (!completed) {
    console.error(`Stopped: the state is saved in ${folder}. To continue: npm run train -- --resume --out ${folder}`);
    return interruption.exitCode();
  }
  if (description.imageShape === undefined) await saveBesideGan(folder, decoder.predict(noise));
  console.log(`Done: report.html, pictures, losses.csv and weights are in ${folder}`);
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
  const gan = newestRun(['compact', 'dense', 'refined', 'conv']);
  const model = gan === undefined ? undefined : readDescription(gan);
  if (gan === undefined || model?.seconds === undefined || model.imageShape !== undefined) {
    console.log(
      'The newest GAN in runs/ is not finished, or draws other images than digits: there is nothing for ' +
        'beside-gan.png; npm run train makes one.',
    );
    return;
  }
  const drawn = readGenerator(finalGenerator(gan), model.model).draw(2 * COLUMNS, 0);
  const both = concat([samples, drawn]);
  await saveImage(join(folder, 'beside-gan.png'), both, readableGrid(both, COLUMNS));
  console.log(`beside-gan.png: samples of the autoencoder, and below them of the GAN in ${gan}`);
}
