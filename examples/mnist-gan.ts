/**
 * Trains the dense GAN on handwritten digits: `npm run train`, or `npm run train -- --help` for what can be set.
 * Leaves a picture of 16 samples for each epoch, the losses of each step, checkpoints and the final weights in one folder.
 *
 * In a program of your own the two imports read 'ganvas' and 'ganvas/node'.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  configure,
  type Dataset,
  dataset,
  encodeWeights,
  GanvasError,
  type ResumeEvent,
  trainGan,
} from '../src/index.ts';
import {
  checkpointDirectory,
  createDashboard,
  enableWideSimd,
  loadMnist,
  readIdxFile,
  saveImage,
  writeFileAtomic,
} from '../src/node/index.ts';
import { watchForInterruption } from './interruption.ts';
import { openLossLog } from './loss-log.ts';
import { help, parseOptions, type TrainingOptions, UsageError } from './options.ts';

const RUNS = 'runs';

async function train(options: TrainingOptions): Promise<number> {
  const { epochs, batchSize, seed, threads, kernels, checkpointEvery, resume } = options;
  await configure({ threads, kernels });
  if (options.wide) {
    const { enabled, reason } = await enableWideSimd();
    if (!enabled) console.error(`--wide has no effect: ${reason}`);
  }

  const images = await loadDigits(options);
  const folder = options.out ?? (resume ? newestRun() : newRun());
  mkdirSync(join(folder, 'weights'), { recursive: true });
  const stepsPerEpoch = Math.ceil(images.count / batchSize);
  console.log(
    `${images.count} digits, ${stepsPerEpoch} steps an epoch, seed ${seed}; pictures and weights go to ${folder}`,
  );

  const interruption = watchForInterruption();
  const dashboard = createDashboard({ epochs, stepsPerEpoch });
  const logLosses = openLossLog(join(folder, 'losses.csv'), resume);
  try {
    const { generator, discriminator, completed } = await trainGan({
      images,
      epochs,
      batchSize,
      seed,
      checkpoint: checkpointDirectory(join(folder, 'checkpoints')),
      checkpointEvery,
      resume,
      signal: interruption.signal,
      onResume(event) {
        dashboard.print(describeResume(event, folder));
      },
      onStep(event) {
        logLosses(event);
        dashboard.onStep(event);
      },
      async onEpoch(event) {
        dashboard.onEpoch(event);
        const name = `epoch-${String(event.epoch).padStart(3, '0')}`;
        await saveImage(join(folder, `${name}.png`), event.samples);
        if (!options.keep.includes(event.epoch)) return;
        await writeFileAtomic(
          join(folder, 'weights', `${name}.safetensors`),
          encodeWeights({ generator: event.generator }),
        );
      },
    });
    dashboard.close();
    await writeFileAtomic(join(folder, 'generator.safetensors'), encodeWeights({ generator }));
    await writeFileAtomic(join(folder, 'discriminator.safetensors'), encodeWeights({ discriminator }));
    if (completed) console.log(`Done: pictures, losses.csv and weights are in ${folder}`);
    else console.error(`Stopped: the state is saved in ${folder}. To go on, add: --resume --out ${folder}`);
    return completed ? 0 : interruption.exitCode();
  } finally {
    dashboard.close();
  }
}

function describeResume({ epoch, step, checkpoint, skipped }: ResumeEvent, folder: string): string {
  const start = checkpoint === undefined ? `no checkpoint in ${folder}, starting` : `resuming from ${checkpoint}`;
  const lines = skipped.map(({ name, error }) => `skipping ${name}: ${error instanceof Error ? error.message : error}`);
  return [...lines, `${start} in epoch ${epoch}, ${step} of its steps done`].join('\n');
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

/** Such as runs/mnist-20250131-235959: sorted by name is sorted by time. */
function newRun(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return join(RUNS, `mnist-${time}`);
}

function newestRun(): string {
  let names: string[] = [];
  try {
    names = readdirSync(RUNS).filter((name) => name.startsWith('mnist-'));
  } catch {
    // No folder, no runs.
  }
  const newest = names.sort().at(-1);
  if (newest === undefined) throw new UsageError(`--resume: there is no run in ${RUNS}/; name its folder by --out DIR`);
  return join(RUNS, newest);
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
