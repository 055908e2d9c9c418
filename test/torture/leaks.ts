/**
 * Memory over long runs.
 *
 *   npx tsx test/torture/leaks.ts [steps] [trainings]        a small pair: 10,000 steps of one training, then 100 times created, trained
 *                                                            and dropped; about a minute
 *   npx tsx test/torture/leaks.ts dense [steps] [images]     the dense pair: 10,000 steps, batches of 256 from 60,000 images; some minutes
 *
 * tsx takes some 50 MB of its own. What a user's process has at its peak is seen without it:
 *
 *   npx esbuild test/torture/leaks.ts --bundle --platform=node --format=esm --outfile=runs/leaks.mjs
 *   node runs/leaks.mjs dense 10000 60000
 *
 * Ends with the figures; exits with 1 if the tensor memory was not flat, or objects or resident memory grew or peaked beyond their bounds.
 */
import {
  type Sample,
  settle,
  slopeOf,
  trainOnce,
  watchDenseSteps,
  watchSteps,
  watchTrainings,
} from '../trust/leak-runs.ts';

/**
 * Most bytes a step or a training by which objects, and resident memory outside the engine's heap, may grow. The history keeps a record an
 * epoch, of four steps in the small training: 82 bytes a step. What a leak of one small tensor a step or a model a training would add is more.
 * Memory outside moves by a megabyte to and fro. The dense pair's objects are counted without a collection, as they come.
 */
const BOUNDS = {
  step: { objects: 128, outside: 512 },
  training: { objects: 32 * 1024, outside: 32 * 1024 },
  'dense step': { objects: 1024, outside: 1024 },
};
/** Most bytes that the dense pair's process may ever hold, the 60,000 images included. */
const DENSE_PEAK = 250e6;
/** Over fewer steps the slope of the dense pair is that of the engine warming up. */
const DENSE_SLOPE_FROM = 2000;

console.log(`resident ${mib(process.memoryUsage().rss)} at the beginning`);
const dense = process.argv[2] === 'dense';
const [first, second] = process.argv.slice(dense ? 3 : 2).map(count);
const sound = dense
  ? await judgeDense(first ?? 10_000, second ?? 60_000)
  : await judgeSmall(first ?? 10_000, second ?? 100);
if (!sound) process.exitCode = 1;

async function judgeSmall(steps: number, trainings: number): Promise<boolean> {
  await trainOnce();
  await settle();
  const stepsFlat = judge('step', await watchSteps(steps, Math.max(1, Math.floor(steps / 200)), true));
  const trainingsFlat = judge('training', await watchTrainings(trainings));
  return stepsFlat && trainingsFlat;
}

/** The first fifth is for the engine to warm up: code is compiled and its heap grows. */
function judge(unit: 'step' | 'training', samples: readonly Sample[]): boolean {
  const warm = samples.slice(Math.floor(samples.length / 5));
  const { first, last, flat } = compare(warm);
  console.log(
    `${last.at} ${unit}s: tensor memory ${flat ? 'flat' : 'NOT flat'} (${first.heap.blocks} blocks, ${pages(last)} pages), ` +
      `resident ${mib(last.resident)}`,
  );
  return judgeSlopes(unit, warm, true) && flat;
}

function judgeSlopes(unit: keyof typeof BOUNDS, samples: readonly Sample[], counts: boolean): boolean {
  const parts = (['objects', 'outside'] as const).map((part) => {
    const [slope, bound] = [slopeOf(part, samples), BOUNDS[unit][part]];
    return { sound: slope <= bound, text: `${part} ${slope.toFixed(1)} (bound ${bound})` };
  });
  const note = counts ? '' : `, not judged below ${DENSE_SLOPE_FROM} steps`;
  console.log(`bytes a ${unit}: ${parts.map(({ text }) => text).join(', ')}${note}`);
  return !counts || parts.every(({ sound }) => sound);
}

async function judgeDense(steps: number, images: number): Promise<boolean> {
  const samples = await watchDenseSteps(steps, Math.max(1, Math.floor(steps / 200)), images);
  const { first, last, flat } = compare(samples);
  for (const { at, heap, resident } of samples) {
    const show = at === first.at || at === last.at || at % (Math.max(1, Math.floor(steps / 200)) * 20) === 0;
    if (show)
      console.log(`step ${at}: ${heap.blocks} tensors, ${heap.capacityBytes / 65536} pages, resident ${mib(resident)}`);
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(
    `${last.at} steps of the dense pair, ${images} images: tensor memory ${flat ? 'flat' : 'NOT flat'} from step ${first.at} on ` +
      `(${first.heap.blocks} tensors, ${pages(first)} pages; at the end ${last.heap.blocks}, ${pages(last)}), ` +
      `resident ${mib(last.resident)}, peak ${(peak / 1e6).toFixed(1)} MB (bound ${DENSE_PEAK / 1e6})`,
  );
  const warm = samples.slice(Math.floor(samples.length / 5));
  return judgeSlopes('dense step', warm, steps >= DENSE_SLOPE_FROM) && flat && peak < DENSE_PEAK;
}

/** Whether every sample has the blocks, bytes and pages of the first. */
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
