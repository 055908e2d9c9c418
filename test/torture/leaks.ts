/**
 * Watches memory over long runs.
 *
 *   npx tsx test/torture/leaks.ts [steps] [trainings]
 *       a small pair: one training of 10,000 steps, then 100 trainings made and dropped; about a minute
 *   npx tsx test/torture/leaks.ts dense [steps] [images]
 *       the dense pair: 10,000 steps, batches of 256 from 60,000 images; several minutes
 *
 * tsx itself takes about 50 MB. To see the peak without it:
 *
 *   npx esbuild test/torture/leaks.ts --bundle --platform=node --format=esm --outfile=runs/leaks.mjs
 *   node runs/leaks.mjs dense 10000 60000
 *
 * Prints the figures. The exit code is 1 if the tensor memory is not constant, or if objects or resident memory exceed
 * their bounds.
 */
import {
  type Sample,
  settle,
  slopeOf,
  trainOnce,
  watchDenseSteps,
  watchSteps,
  watchTrainings,
} from '../memory/leak-runs.ts';

/**
 * Allowed growth in bytes for each step or training, of objects and of resident memory outside the heap of the engine.
 * The history keeps one record for each epoch, which is 82 bytes for each of the four steps of the small training. A
 * leak of one small tensor in a step, or of a model in a training, would exceed the bound. Memory outside varies by
 * about a megabyte.
 */
const BOUNDS = {
  step: { objects: 128, outside: 512 },
  training: { objects: 32 * 1024, outside: 32 * 1024 },
  'dense step': { objects: 1024, outside: 1024 },
};
/** Allowed peak of the resident memory in bytes for the dense pair, including 60,000 images. */
const DENSE_PEAK = 250e6;
/** Over fewer steps the slope of the dense pair shows only the warm-up of the engine. */
const DENSE_SLOPE_FROM = 2000;

console.log(`resident ${mib(process.memoryUsage().rss)} at the start`);
const dense = process.argv[2] === 'dense';
const [first, second] = process.argv.slice(dense ? 3 : 2).map(count);
const passed = dense
  ? await checkDense(first ?? 10_000, second ?? 60_000)
  : await checkSmall(first ?? 10_000, second ?? 100);
if (!passed) process.exitCode = 1;

async function checkSmall(steps: number, trainings: number): Promise<boolean> {
  await trainOnce();
  await settle();
  const stepsFlat = checkUnit('step', await watchSteps(steps, Math.max(1, Math.floor(steps / 200)), true));
  const trainingsFlat = checkUnit('training', await watchTrainings(trainings));
  return stepsFlat && trainingsFlat;
}

/** Skips the first fifth of the samples, in which the engine compiles code and its heap grows. */
function checkUnit(unit: 'step' | 'training', samples: readonly Sample[]): boolean {
  const warm = samples.slice(Math.floor(samples.length / 5));
  const { first, last, flat } = compare(warm);
  console.log(
    `${last.at} ${unit}s: tensor memory ${verdict(flat)} (${first.heap.blocks} blocks, ${pages(last)} pages), ` +
      `resident ${mib(last.resident)}`,
  );
  return checkSlopes(unit, warm, true) && flat;
}

function checkSlopes(unit: keyof typeof BOUNDS, samples: readonly Sample[], counts: boolean): boolean {
  const parts = (['objects', 'outside'] as const).map((part) => {
    const [slope, bound] = [slopeOf(part, samples), BOUNDS[unit][part]];
    return { within: slope <= bound, text: `${part} ${slope.toFixed(1)} (bound ${bound})` };
  });
  const note = counts ? '' : `, not checked below ${DENSE_SLOPE_FROM} steps`;
  console.log(`bytes for each ${unit}: ${parts.map(({ text }) => text).join(', ')}${note}`);
  return !counts || parts.every(({ within }) => within);
}

async function checkDense(steps: number, images: number): Promise<boolean> {
  const samples = await watchDenseSteps(steps, Math.max(1, Math.floor(steps / 200)), images);
  const { first, last, flat } = compare(samples);
  for (const { at, heap, resident } of samples) {
    const show = at === first.at || at === last.at || at % (Math.max(1, Math.floor(steps / 200)) * 20) === 0;
    if (show)
      console.log(`step ${at}: ${heap.blocks} tensors, ${heap.capacityBytes / 65536} pages, resident ${mib(resident)}`);
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(
    `${last.at} steps of the dense pair, ${images} images: tensor memory ${verdict(flat)} from step ${first.at} on ` +
      `(${first.heap.blocks} tensors, ${pages(first)} pages; at the end ${last.heap.blocks}, ${pages(last)}), ` +
      `resident ${mib(last.resident)}, peak ${(peak / 1e6).toFixed(1)} MB (bound ${DENSE_PEAK / 1e6})`,
  );
  const warm = samples.slice(Math.floor(samples.length / 5));
  return checkSlopes('dense step', warm, steps >= DENSE_SLOPE_FROM) && flat && peak < DENSE_PEAK;
}

/** `flat` says whether all samples have the same blocks, bytes and pages. */
function compare(samples: readonly Sample[]): {
  readonly first: Sample;
  readonly last: Sample;
  readonly flat: boolean;
} {
  const [first] = samples;
  const last = samples[samples.length - 1];
  if (first === undefined || last === undefined) throw new RangeError(`${samples.length} samples are too few`);
  const flat = samples.every(
    ({ heap }) =>
      heap.blocks === first.heap.blocks &&
      heap.usedBytes === first.heap.usedBytes &&
      heap.capacityBytes === first.heap.capacityBytes,
  );
  return { first, last, flat };
}

function verdict(flat: boolean): string {
  return flat ? 'constant' : 'NOT constant';
}

function pages({ heap }: Sample): number {
  return heap.capacityBytes / 65536;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`expected "dense" or whole numbers, got ${text}`);
  return Number(text);
}
