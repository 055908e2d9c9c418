/** trainGan: the same bits from the same seed, what it tells while it runs, how it stops, and what memory it takes. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import {
  adam,
  type ConfigureOptions,
  configure,
  type Dataset,
  dataset,
  type EpochEvent,
  type GanEpoch,
  type GanLosses,
  type Layer,
  layers,
  runtimeInfo,
  type StepEvent,
  sequential,
  type TrainGanOptions,
  type TrainGanResult,
  trainGan,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { findThreads } from '../../src/kernels/threads/worker.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { hashedFloats } from '../support/reference.ts';
import { LATENT_DIM, smallPair } from './small-pair.ts';
import { EPOCHS, STEPS_PER_EPOCH, tinyOptions } from './tiny.ts';

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

/**
 * Everything that a training decides: losses of every step, samples of every epoch, all weights, statistics and
 * moments.
 */
async function fingerprint(options: TrainGanOptions): Promise<string> {
  const hash = createHash('sha256');
  const { generatorOptimizer = adam(), discriminatorOptimizer = adam() } = options;
  const add = (values: Float32Array): void => {
    hash.update(new Uint8Array(values.slice().buffer));
  };
  const { generator, discriminator } = await trainGan({
    ...options,
    generatorOptimizer,
    discriminatorOptimizer,
    onStep: (event) => {
      hash.update(JSON.stringify(event));
    },
    onEpoch: ({ samples }) => add(samples.data),
  });
  for (const [model, optimizer] of [
    [generator, generatorOptimizer] as const,
    [discriminator, discriminatorOptimizer] as const,
  ]) {
    for (const { data } of model.weights) add(data);
    for (const weight of model.trainableWeights) {
      const { m, v } = optimizer.slots(weight);
      add(m.data);
      add(v.data);
    }
  }
  return hash.digest('hex');
}

/** 70 images in batches of 32: two steps and one of 6, twice. Large enough for the kernels to be cut for threads. */
function smallOptions(seed = 3): TrainGanOptions {
  const bytes = Uint8Array.from(hashedFloats(70 * 784, 99, 0, 255));
  const images = dataset(bytes, [70, 28, 28, 1]);
  return { images, ...smallPair(11), latentDim: LATENT_DIM, epochs: 2, batchSize: 32, seed, sampleCount: 4 };
}

describe('the same bits', () => {
  afterAll(() => configure({ threads: 1, kernels: 'auto' }));

  it('come from the same seed, others from another', async () => {
    const first = await fingerprint(tinyOptions());
    expect(await fingerprint(tinyOptions())).toBe(first);
    expect(await fingerprint(tinyOptions({ seed: 6 }))).not.toBe(first);
  });

  it('come from the portable and the SIMD kernels, on 1, 2 and 3 threads', async () => {
    const choices: ConfigureOptions[] = [
      { kernels: 'portable', threads: 1 },
      { kernels: 'simd', threads: 1 },
      { kernels: 'simd', threads: 2 },
      { kernels: 'simd', threads: 3 },
    ];
    const hashes = new Set<string>();
    for (const choice of choices) {
      await configure(choice);
      // Without getBuiltinModule (Node before 20.16) there is one thread, silently.
      expect(runtimeInfo()).toMatchObject(findThreads() === undefined ? { ...choice, threads: 1 } : choice);
      hashes.add(await fingerprint(smallOptions()));
    }
    expect([...hashes]).toHaveLength(1);
    expect(hashes).not.toContain(await fingerprint(smallOptions(4)));
  });
});

/** A layer that changes nothing and notes the shapes of what it is called with in training. */
function probe(inputShape: readonly number[], shapes: (readonly number[])[]): Layer {
  return {
    kind: 'Probe',
    inputShape,
    build: (outputShape) => ({
      kind: 'Probe',
      settings: {},
      outputShape,
      weights: [],
      trainableWeights: [],
      call(x, { training }) {
        if (training === true) shapes.push(x.shape);
        return x;
      },
    }),
  };
}

/** The tiny images, noting which are gathered. */
function listeningDataset(batches: number[][]): Dataset {
  const images = tinyOptions().images as Dataset;
  return {
    ...images,
    gather(places) {
      batches.push(Array.from(places));
      return images.gather(places);
    },
  };
}

describe('an epoch', () => {
  it('visits all images once in a new random order; the last batch has the rest', async () => {
    const batches: number[][] = [];
    await trainGan(tinyOptions({ images: listeningDataset(batches) }));
    expect(batches.map(({ length }) => length)).toEqual(Array(EPOCHS).fill([4, 4, 4, 2]).flat());
    const orders = [0, 1, 2].map((epoch) => batches.slice(4 * epoch, 4 * epoch + 4).flat());
    for (const order of orders)
      expect(order.slice().sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => i));
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('takes batchSize rows of noise in every step, also with the smaller last batch', async () => {
    const shapes: (readonly number[])[] = [];
    const generator = sequential([
      probe([3], shapes),
      layers.dense({ units: 16 }),
      layers.reshape({ targetShape: [4, 4, 1] }),
    ]);
    await trainGan(tinyOptions({ generator, epochs: 1 }));
    expect(shapes).toEqual(Array(STEPS_PER_EPOCH).fill([4, 3]));
  });
});

describe('events and history', () => {
  it('say where the training is, and the history has the mean losses of each epoch', async () => {
    const steps: StepEvent<GanLosses>[] = [];
    const epochs: EpochEvent<GanLosses, GanEpoch>[] = [];
    const { history, completed } = await trainGan(
      tinyOptions({ onStep: (event) => steps.push(event), onEpoch: (event) => epochs.push(event) }),
    );
    expect(completed).toBe(true);
    expect(steps.map(({ epoch, step, stepsPerEpoch }) => [epoch, step, stepsPerEpoch])).toEqual(
      [1, 2, 3].flatMap((epoch) => [1, 2, 3, 4].map((step) => [epoch, step, STEPS_PER_EPOCH])),
    );
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    for (const record of history) {
      const own = steps.filter(({ epoch }) => epoch === record.epoch);
      for (const loss of ['generatorLoss', 'discriminatorLoss'] as const) {
        // The same four additions in the same order.
        expect(record[loss]).toBe(own.reduce((sum, one) => sum + one[loss], 0) / STEPS_PER_EPOCH);
      }
      expect(record.seconds).toBeGreaterThan(0);
      expect(epochs[record.epoch - 1]).toMatchObject(record);
    }
  });

  it('onEpoch gets samples in inference mode, as the generator would draw them now', async () => {
    const { generator } = tinyOptions();
    const shapes: (readonly number[])[] = [];
    await trainGan(
      tinyOptions({
        generator,
        onEpoch: ({ samples }) => {
          shapes.push(samples.shape);
          const statistics = generator!.weights.map(({ data }) => [...data]);
          expect(samples.data.every(Number.isFinite)).toBe(true);
          expect(generator!.weights.map(({ data }) => [...data])).toEqual(statistics);
        },
      }),
    );
    expect(shapes).toEqual(Array(EPOCHS).fill([2, 4, 4, 1]));
  });

  it('the samples come from the same noise in every epoch, so only learning changes them', async () => {
    const run = async (learningRate: number): Promise<number> => {
      const samples = new Set<string>();
      // No batch normalisation, whose statistics would move without learning.
      const generator = sequential([
        layers.dense({ units: 16, inputShape: [3] }),
        layers.reshape({ targetShape: [4, 4, 1] }),
      ]);
      await trainGan(
        tinyOptions({
          generator,
          generatorOptimizer: adam({ learningRate }),
          onEpoch: (event) => samples.add(String(event.samples.data)),
        }),
      );
      return samples.size;
    };
    expect(await run(0)).toBe(1);
    expect(await run(1e-3)).toBe(EPOCHS);
  });

  it('sampleCount may be 0, and samples can be kept after the training', async () => {
    const kept: EpochEvent<GanLosses, GanEpoch>[] = [];
    await trainGan(tinyOptions({ sampleCount: 0, epochs: 1, onEpoch: (event) => kept.push(event) }));
    await trainGan(tinyOptions({ epochs: 1, onEpoch: (event) => kept.push(event) }));
    expect(kept.map(({ samples }) => [samples.shape, samples.data.length])).toEqual([
      [[0, 4, 4, 1], 0],
      [[2, 4, 4, 1], 32],
    ]);
  });

  it('with 0 epochs nothing happens', async () => {
    const { generator } = tinyOptions();
    const before = generator!.weights.map(({ data }) => [...data]);
    const result = await trainGan(tinyOptions({ generator, epochs: 0, onStep: () => expect.unreachable() }));
    expect([result.history, result.completed]).toEqual([[], true]);
    expect(result.generator).toBe(generator);
    expect(generator!.weights.map(({ data }) => [...data])).toEqual(before);
  });
});

describe('the signal', () => {
  /** Aborts within `steps` steps; returns the result, and how many were made. */
  async function stopped(steps: number): Promise<{ result: TrainGanResult; made: number }> {
    const controller = new AbortController();
    if (steps === 0) controller.abort();
    let made = 0;
    const result = await trainGan(
      tinyOptions({
        signal: controller.signal,
        onStep: () => {
          if (++made === steps) controller.abort();
        },
      }),
    );
    return { result, made };
  }

  it.each([0, 1, 3, 4, 5, TOTAL - 1])(
    'stops the training after the step in progress (%d), models usable',
    async (steps) => {
      const { result, made } = await stopped(steps);
      expect(made).toBe(steps);
      expect(result.completed).toBe(false);
      expect(result.history).toHaveLength(Math.floor(steps / STEPS_PER_EPOCH));
      const { generator, discriminator } = result;
      for (const { data } of [...generator.weights, ...discriminator.weights])
        expect(data.every(Number.isFinite)).toBe(true);
      const again = await trainGan(tinyOptions({ generator, discriminator, epochs: 1 }));
      expect(again.completed).toBe(true);
    },
  );

  it('in the last step comes too late to stop anything', async () => {
    const { result, made } = await stopped(TOTAL);
    expect([made, result.completed, result.history.length]).toEqual([TOTAL, true, EPOCHS]);
  });
});

it('after the second step no block is added and no byte', async () => {
  // What earlier tests left to the garbage collector must not be freed in between.
  let before = -1;
  const settled = await collectUntil(() => {
    const { blocks } = heap().usage();
    const same = blocks === before;
    before = blocks;
    return same;
  });
  expect(settled).toBe(true);
  const { images, ...rest } = tinyOptions();
  const usages: unknown[] = [];
  await trainGan({
    ...rest,
    images,
    onStep: () => usages.push(heap().usage()),
    onEpoch: ({ samples }) => samples.dispose(),
  });
  expect(usages).toHaveLength(TOTAL);
  expect(usages.slice(1)).toEqual(Array(TOTAL - 1).fill(usages[1]));
});
