/** Trainings that sample their memory. The tests make short runs, test/torture/leaks.ts long ones. */
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
  /** Number of steps or trainings done. */
  readonly at: number;
  readonly heap: HeapUsage;
  /** Resident memory of the process, in bytes. */
  readonly resident: number;
  /** Bytes of JavaScript objects and array buffers; exact after a collection. */
  readonly objects: number;
  /**
   * Resident memory outside the heap of the engine. That heap keeps free space and grows in jumps, for example by 16 MB
   * when the young generation doubles, so the slope of all resident memory would hide a leak.
   */
  readonly outside: number;
}

function sampleAt(at: number): Sample {
  const { rss: resident, heapUsed, external } = process.memoryUsage();
  const outside = resident - getHeapStatistics().total_physical_size;
  return { at, heap: heap().usage(), resident, objects: heapUsed + external, outside };
}

/** Blocks that are never freed, such as the workspace of the kernels. Counted before anything else is allocated. */
const PERMANENT_BLOCKS = heap().usage().blocks;

/**
 * Collects until only the permanent blocks are left, or gives up; the caller checks the result. Waiting for a constant
 * count is not enough: it is also constant while a returning frame still holds garbage.
 */
export async function settle(): Promise<HeapUsage> {
  await collectUntil(() => heap().usage().blocks <= PERMANENT_BLOCKS);
  return heap().usage();
}

/** One training of at least `steps` steps, sampled after every `every` steps; with `collect`, after a collection. */
export async function watchSteps(steps: number, every: number, collect: boolean = false): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  let done = 0;
  await trainGan({
    ...tinyOptions(),
    threads: 1,
    epochs: Math.ceil(steps / STEPS_PER_EPOCH),
    onStep: async () => {
      if (++done % every !== 0) return;
      if (collect) await collectAll();
      samples.push(sampleAt(done));
    },
    onEpoch: ({ samples }) => samples.dispose(),
  });
  return samples;
}

/**
 * The dense pair, batches of 256 on all cores, for exactly `steps` steps over `imageCount` images of synthetic bytes.
 * Samples are taken after the second step, after every `every` steps and after the last, each after a collection:
 * without one, the garbage of the moment counts as objects, and their slope is noise.
 */
export async function watchDenseSteps(steps: number, every: number, imageCount: number): Promise<readonly Sample[]> {
  const batchSize = 256;
  const samples: Sample[] = [];
  const controller = new AbortController();
  let done = 0;
  await trainGan({
    images: await syntheticImages(imageCount),
    batchSize,
    epochs: Math.ceil(steps / Math.ceil(imageCount / batchSize)),
    signal: controller.signal,
    onStep: async () => {
      done++;
      if (done === 2 || (done > 2 && (done % every === 0 || done === steps))) {
        await collectAll();
        samples.push(sampleAt(done));
      }
      if (done === steps) controller.abort();
    },
    onEpoch: ({ samples }) => samples.dispose(),
  });
  return samples;
}

/** Synthetic images in a folder, read by loadMnist as a user would. */
async function syntheticImages(count: number): Promise<Dataset> {
  const directory = mkdtempSync(join(tmpdir(), 'ganvas-leaks-'));
  try {
    const images = join(directory, 'train-images-idx3-ubyte');
    writeFileSync(images, headerOf(3, count, 28, 28));
    // One image at a time: an array of all images would be garbage that counts as resident.
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

/** The header of an IDX file of bytes. */
function headerOf(rank: number, ...sizes: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * rank));
  header.setUint32(0, 0x0800 + rank);
  for (const [axis, size] of sizes.entries()) header.setUint32(4 + 4 * axis, size);
  return new Uint8Array(header.buffer);
}

/** Repeats: make models, optimizers and images, train for an epoch, drop and collect everything, take a sample. */
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
 * Trains for an epoch and keeps nothing. Resolves to the text of the error, or ''. An error object would keep the
 * functions on its stack alive, with everything that they refer to.
 */
export async function trainOnce(overrides: Partial<TrainGanOptions> = {}): Promise<string> {
  return await trainGan({ ...tinyOptions(), threads: 1, epochs: 1, ...overrides }).then(() => '', String);
}

/** The slope by least squares, in bytes for each step or training. */
export function slopeOf(part: 'objects' | 'outside', samples: readonly Sample[]): number {
  const mean = (of: (one: Sample) => number): number => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const centre = mean(({ at }) => at);
  const covariance = mean((one) => (one.at - centre) * one[part]);
  return covariance / mean(({ at }) => (at - centre) ** 2);
}
