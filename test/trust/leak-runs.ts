/** Trainings whose memory is watched: the tests run them briefly, test/torture/leaks.ts for long. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { type Dataset, type TrainGanOptions, trainGan } from '../../src/index.ts';
import type { HeapUsage } from '../../src/kernels/heap.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { loadMnist } from '../../src/node/index.ts';
import { STEPS_PER_EPOCH, tinyOptions } from '../gan/tiny.ts';
import { collectAll, collectUntil } from '../support/collect-garbage.ts';

export interface Sample {
  /** Steps or trainings done. */
  readonly at: number;
  readonly heap: HeapUsage;
  /** Resident memory of the process, in bytes. */
  readonly resident: number;
  /** What JavaScript objects and array buffers take; with a collection before, to the byte. */
  readonly objects: number;
  /**
   * Resident memory outside the engine's heap. That heap keeps room free, and the room grows in leaps, of 16 MB when the young generation
   * doubles, at a moment that moves from run to run: a slope of all that is resident would tell more of it than of leaks.
   */
  readonly outside: number;
}

function sampleAt(at: number): Sample {
  const { rss: resident, heapUsed, external } = process.memoryUsage();
  const outside = resident - getHeapStatistics().total_physical_size;
  return { at, heap: heap().usage(), resident, objects: heapUsed + external, outside };
}

/** What the program keeps for good: the kernels' workspace. Counted before anything else was made. */
const PERMANENT_BLOCKS = heap().usage().blocks;

/**
 * Collects until only the permanent blocks are left, or gives up, for the caller to see. Waiting for the count to stand still would not
 * do: garbage that a frame on its way out still holds stands still too, and goes later.
 */
export async function settle(): Promise<HeapUsage> {
  await collectUntil(() => heap().usage().blocks <= PERMANENT_BLOCKS);
  return heap().usage();
}

/** One training of so many steps at least; a sample after every `every` steps, after a collection if `resident` memory matters. */
export async function watchSteps(steps: number, every: number, resident: boolean = false): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let done = 0;
  await trainGan({
    ...tinyOptions(),
    threads: 1,
    epochs: Math.ceil(steps / STEPS_PER_EPOCH),
    onStep: async () => {
      if (++done % every !== 0) return;
      if (resident) await collectAll();
      samples.push(sampleAt(done));
    },
    onEpoch: ({ samples }) => samples.dispose(),
  });
  return samples;
}

/**
 * The dense pair, batches of 256 on all cores, for exactly so many steps over so many images of made-up bytes. A sample after the second
 * step, after every `every` and after the last; nothing is collected but by the engine itself, so that the peak is what a user would see.
 */
export async function watchDenseSteps(steps: number, every: number, imageCount: number): Promise<readonly Sample[]> {
  const batchSize = 256;
  const samples: Sample[] = [];
  const controller = new AbortController();
  let done = 0;
  await trainGan({
    images: await madeUpImages(imageCount),
    batchSize,
    epochs: Math.ceil(steps / Math.ceil(imageCount / batchSize)),
    signal: controller.signal,
    onStep: () => {
      done++;
      if (done === 2 || (done > 2 && (done % every === 0 || done === steps))) samples.push(sampleAt(done));
      if (done === steps) controller.abort();
    },
    onEpoch: ({ samples }) => samples.dispose(),
  });
  return samples;
}

/** Made-up digits as a user has them: in a folder, from where loadMnist reads them. */
async function madeUpImages(count: number): Promise<Dataset> {
  const directory = mkdtempSync(join(tmpdir(), 'ganvas-leaks-'));
  try {
    const images = join(directory, 'train-images-idx3-ubyte');
    writeFileSync(images, headerOf(3, count, 28, 28));
    // A little at a time: an array of all of them would be garbage that counts as resident.
    const image = new Uint8Array(28 * 28);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < image.length; j++) image[j] = Math.imul(i * image.length + j, 0x9e3779b1) >>> 24;
      appendFileSync(images, image);
    }
    const labels = new Uint8Array(count);
    writeFileSync(join(directory, 'train-labels-idx1-ubyte'), Buffer.concat([headerOf(1, count), labels]));
    return (await loadMnist({ directory })).images;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Of an IDX file of bytes. */
function headerOf(rank: number, ...sizes: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * rank));
  header.setUint32(0, 0x0800 + rank);
  for (const [axis, size] of sizes.entries()) header.setUint32(4 + 4 * axis, size);
  return new Uint8Array(header.buffer);
}

/** So many times: models, optimizers and images made, trained for an epoch, dropped and collected; a sample after each. */
export async function watchTrainings(times: number): Promise<readonly Sample[]> {
  await settle();
  const samples: Sample[] = [];
  for (let done = 1; done <= times; done++) {
    await trainOnce();
    await settle();
    samples.push(sampleAt(done));
  }
  return samples;
}

/**
 * Trains for an epoch and keeps nothing. Resolves to what it threw, as text ('' if nothing): V8 lets an error hold the functions on its stack
 * and all that they hold.
 */
export async function trainOnce(overrides: Partial<TrainGanOptions> = {}): Promise<string> {
  return await trainGan({ ...tinyOptions(), threads: 1, epochs: 1, ...overrides }).then(() => '', String);
}

/** By least squares, in bytes for each step or training. */
export function slopeOf(part: 'objects' | 'outside', samples: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number): number => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const centre = mean(({ at }) => at);
  const covariance = mean((one) => (one.at - centre) * one[part]);
  return covariance / mean(({ at }) => (at - centre) ** 2);
}
