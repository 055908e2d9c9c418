/**
 * Trains the dense GAN on handwritten digits: `npm run train`, or `npm run train -- --help` for what can be set.
 * Leaves a picture of 16 samples for each epoch, the losses of each step and the final weights in one folder.
 *
 * In a program of your own the two imports read 'ganvas' and 'ganvas/node'.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Dataset, dataset, encodeSafetensors, GanvasError, type Model, trainGan } from '../src/index.ts';
import { createDashboard, loadMnist, readIdxFile, saveImage, writeFileAtomic } from '../src/node/index.ts';
import { watchForInterruption } from './interruption.ts';
import { openLossLog } from './loss-log.ts';
import { help, parseOptions, type TrainingOptions, UsageError } from './options.ts';

async function train(options: TrainingOptions): Promise<number> {
  const { epochs, batchSize, seed, out: folder = newRun() } = options;
  const images = await loadDigits(options);
  mkdirSync(folder, { recursive: true });
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  console.log(
    `${images.count} digits, ${stepsPerEpoch} steps an epoch, seed ${seed}; pictures and weights go to ${folder}`,
  );

  const interruption = watchForInterruption();
  const dashboard = createDashboard({ epochs, stepsPerEpoch });
  const log = openLossLog(join(folder, 'losses.csv'));
  try {
    const { generator, discriminator, completed } = await trainGan({
      images,
      epochs,
      batchSize,
      seed,
      signal: interruption.signal,
      onStep(event) {
        log.add(event);
        dashboard.onStep(event);
      },
      async onEpoch(event) {
        dashboard.onEpoch(event);
        log.save();
        await saveImage(join(folder, `epoch-${String(event.epoch).padStart(3, '0')}.png`), event.samples);
      },
    });
    await saveWeights(folder, 'generator', generator);
    await saveWeights(folder, 'discriminator', discriminator);
    dashboard.close();
    if (completed) console.log(`Done: pictures, losses.csv and weights are in ${folder}`);
    else console.error(`Stopped: the weights learnt so far, pictures and losses.csv are in ${folder}`);
    return completed ? 0 : interruption.exitCode();
  } finally {
    // After an error too: the losses up to it are what one wants to see.
    dashboard.close();
    log.save();
  }
}

/** MNIST's own files if a folder is named, else the 10,000 digits that come with this example. */
async function loadDigits({ data, limit }: TrainingOptions): Promise<Dataset> {
  if (data !== undefined) {
    return (await loadMnist({ directory: data, ...(limit === undefined ? {} : { limit }) })).images;
  }
  const path = fileURLToPath(new URL('data/images-idx3-ubyte.gz', import.meta.url));
  const digits = await readIdxFile(path);
  if (digits.type !== 'uint8') throw new Error(`${path} holds ${digits.type}, not bytes`);
  const [count = 0, height = 0, width = 0] = digits.shape;
  const used = Math.min(count, limit ?? count);
  return dataset(digits.data.subarray(0, used * height * width), [used, height, width, 1]);
}

/** Names such as `generator.0.kernel`: other programs that read safetensors find their way. */
async function saveWeights(folder: string, name: string, model: Model): Promise<void> {
  const weights = new Map([...model.namedWeights].map(([key, weight]) => [`${name}.${key}`, weight]));
  await writeFileAtomic(join(folder, `${name}.safetensors`), encodeSafetensors(weights));
}

/** Such as runs/mnist-20250131-235959: sorted by name is sorted by time. */
function newRun(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return join('runs', `mnist-${time}`);
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== 'help') return await train(options);
    console.log(help());
    return 0;
  } catch (error) {
    // What the user can mend gets a sentence; anything else is a bug and gets its stack.
    const mendable = error instanceof UsageError || error instanceof GanvasError || isSystemError(error);
    if (!mendable) throw error;
    console.error(error.message);
    if (!(error instanceof UsageError)) return 1;
    console.error('npm run train -- --help lists the options.');
    return 2;
  }
}

/** ENOENT, ENOSPC and the like: their messages name the file and the reason. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

process.exitCode = await main();
