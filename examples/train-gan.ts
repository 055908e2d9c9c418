/** Trains one of the GANs and writes all files of its folder. */
import { join } from 'node:path';
import {
  createRandom,
  encodeModels,
  interpolate,
  type Model,
  scope,
  type Tensor,
  trainGan,
  withClasses,
} from '../src/index.ts';
import {
  checkpointDirectory,
  createDashboard,
  csvLog,
  saveImage,
  tensorboardLog,
  writeFileAtomic,
} from '../src/node/index.ts';
import type { LabelledImages } from './digits.ts';
import { CONDITIONAL_SAMPLES, type GanName, LATENT } from './gan-networks.ts';
import { ganOptions } from './gan-options.ts';
import type { Interruption } from './interruption.ts';
import type { TrainingOptions } from './options.ts';
import { trainingCommand } from './report/command.ts';
import { readableGrid } from './report/readable-grid.ts';
import { createReporter } from './report/reporter.ts';
import { furtherFlags } from './resume.ts';
import { describeResume, epochName, otherShape, type RunDescription, writeDescription } from './run-folder.ts';
import { watchKeys } from './training-keys.ts';

/** Returns the exit code. */
export async function trainGanRun(
  options: TrainingOptions,
  model: GanName,
  data: LabelledImages,
  folder: string,
  interruption: Interruption,
): Promise<number> {
  const { epochs, batchSize, seed, checkpointEvery, resume, loss, labelSmoothing, emaMomentum, decay } = options;
  const { gradientPenalty: penalty, discriminatorSteps } = options;
  const augment = options.augment.length > 0 ? options.augment.join() : undefined;
  const { images, classes = 10 } = data;
  const description: RunDescription = {
    model,
    width: model === 'compact' || model === 'conv' ? options.width : undefined,
    images: images.count,
    imageShape: otherShape(images.itemShape),
    batchSize,
    seed,
    epochs,
    command: trainingCommand(options),
    flags: furtherFlags(options),
    options: {
      ...options.adam,
      loss,
      labelSmoothing,
      emaMomentum,
      augment,
      // As --gradient-penalty takes it.
      gradientPenalty:
        penalty &&
        Object.values(penalty)
          .filter((value) => value !== undefined)
          .join(':'),
      discriminatorSteps: discriminatorSteps > 1 ? discriminatorSteps : undefined,
      decay: decay || undefined,
    },
  };
  const report = createReporter(folder, description);
  // With --resume, run.json is written in onResume, after the saved settings were found to be the same.
  if (!resume) await writeDescription(folder, description);

  const dashboard = createDashboard({ epochs, stepsPerEpoch: Math.ceil(images.count / batchSize) });
  const keys = watchKeys({ interruption, canSave: true, show: dashboard.note });
  const columns = model === 'conditional' ? CONDITIONAL_SAMPLES.columns : 4;
  const board = options.tensorboard ? tensorboardLog(folder, { columns }) : undefined;
  const logLosses = csvLog(join(folder, 'losses.csv'));
  try {
    const { generator, discriminator, averageGenerator, history, completed } = await trainGan({
      ...ganOptions(options, model, data),
      checkpoint: checkpointDirectory(join(folder, 'checkpoints')),
      checkpointEvery,
      resume,
      signal: interruption.signal,
      async beforeStep(turn) {
        await keys.beforeStep(() => turn.save());
        return undefined;
      },
      async onResume(event) {
        board?.onResume(event);
        await writeDescription(folder, description);
        dashboard.print(describeResume(event, folder));
      },
      onStep(event) {
        logLosses(event);
        board?.onStep(event);
        dashboard.onStep(event);
      },
      async onEpoch(event) {
        dashboard.onEpoch(event);
        board?.onEpoch(event);
        const name = epochName(event.epoch);
        await saveImage(join(folder, `${name}.png`), event.samples, readableGrid(event.samples, columns));
        if (options.keep.includes(event.epoch)) {
          await saveWeights(join(folder, 'weights', `${name}.safetensors`), {
            generator: event.averageGenerator ?? event.generator,
          });
        }
        await report.onEpoch();
      },
    });
    keys.close();
    dashboard.close();
    await saveWeights(join(folder, 'generator.safetensors'), { generator });
    await saveWeights(join(folder, 'discriminator.safetensors'), { discriminator });
    if (averageGenerator !== undefined) {
      await saveWeights(join(folder, 'generator-average.safetensors'), { generator: averageGenerator });
    }
    const drawing = averageGenerator ?? generator;
    const ofClasses = model === 'conditional' ? classes : undefined;
    if (!completed) {
      await report.close(drawing, ofClasses);
      console.error(`Stopped: the state is saved in ${folder}. To continue: npm run train -- --resume --out ${folder}`);
      return interruption.exitCode();
    }
    const between = interpolation(drawing, ofClasses, seed);
    await saveImage(join(folder, 'interpolation.png'), between, readableGrid(between, INTERPOLATION_STEPS));
    await report.close(drawing, ofClasses, history);
    console.log(`Done: report.html, pictures, losses.csv and weights are in ${folder}`);
    return 0;
  } finally {
    keys.close();
    dashboard.close();
  }
}

const INTERPOLATION_STEPS = 10;

/** Four rows of pictures; each goes from one noise vector to the next. */
function interpolation(generator: Model, classes: number | undefined, seed: number): Tensor {
  return scope(() => {
    const noise = createRandom(seed).normal([5, LATENT]);
    const points =
      classes === undefined
        ? noise
        : withClasses(
            noise,
            [1, 3, 5, 7, 9].map((label) => label % classes),
            { classes },
          );
    return interpolate(generator, points, { steps: 4 * INTERPOLATION_STEPS });
  });
}

async function saveWeights(path: string, models: Readonly<Record<string, Model>>): Promise<void> {
  await writeFileAtomic(path, encodeModels(models));
}
