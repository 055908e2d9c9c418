/**
 * Nothing is left behind: the tensor memory stays flat over many steps and over many trainings that are made and
 * dropped, and a training that is aborted or fails leaves as little as one that ends. The long runs, with resident
 * memory: npx tsx test/torture/leaks.ts
 */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  adam,
  type CheckpointStore,
  type Dataset,
  mul,
  type Tensor,
  type TrainGanOptions,
  trainGan,
} from '../../src/index.ts';
import type { HeapUsage } from '../../src/kernels/heap.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { tinyOptions } from '../gan/tiny.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { settle, slopeOf, trainOnce, watchSteps, watchTrainings } from './leak-runs.ts';

// What is made once for the whole program, such as the kernels' workspace, is there after the first training.
beforeAll(async () => {
  await trainOnce();
  await settle();
});

it('300 steps: blocks, bytes and pages are those of the second step throughout', async () => {
  await settle();
  const samples = await watchSteps(300, 1);
  expect(samples).toHaveLength(300);
  const second = samples[1]!.heap;
  for (const { at, heap: usage } of samples.slice(1)) expect({ at, ...usage }).toEqual({ at, ...second });
});

it('samples of 40 epochs that are kept take no tensor memory, and hold their values', async () => {
  await settle();
  const kept: { readonly samples: Tensor; readonly original: Float32Array; readonly usage: HeapUsage }[] = [];
  await trainGan({
    ...tinyOptions(),
    threads: 1,
    epochs: 40,
    onEpoch: ({ samples }) => {
      kept.push({ samples, original: samples.data.slice(), usage: heap().usage() });
    },
  });
  for (const { usage } of kept.slice(1)) expect(usage).toEqual(kept[1]!.usage);
  for (const { samples, original } of kept) {
    expect(samples.data).toEqual(original);
    expect(mul(samples, 1).data).toEqual(original);
  }
});

it('20 times created, trained and dropped: as many blocks, bytes and pages after each as after the first', async () => {
  const samples = await watchTrainings(20);
  const first = samples[0]!.heap;
  for (const { at, heap: usage } of samples) expect({ at, ...usage }).toEqual({ at, ...first });
}, 120_000);

describe('nothing is left of a training that', () => {
  const failing: CheckpointStore = {
    save: async () => {
      throw new Error('the disk is full');
    },
    list: async () => [],
  };
  const thrower = (after: number, message: string): (() => void) => {
    let calls = 0;
    return () => {
      if (++calls > after) throw new Error(message);
    };
  };
  const brokenImages = (): Dataset => {
    const images = tinyOptions().images as Dataset;
    const fail = thrower(2, 'no image');
    return {
      ...images,
      gather(places) {
        // The batch has been made when it fails.
        const batch = images.gather(places);
        fail();
        return batch;
      },
    };
  };
  const aborting = (): Partial<TrainGanOptions> => {
    const controller = new AbortController();
    return { signal: controller.signal, onStep: () => controller.abort() };
  };
  const CASES: readonly (readonly [string, () => Partial<TrainGanOptions>, RegExp])[] = [
    ['ends', () => ({}), /^$/],
    ['is aborted', aborting, /^$/],
    ['is aborted before its first step', () => ({ signal: AbortSignal.abort() }), /^$/],
    ['diverges', () => ({ generatorOptimizer: adam({ learningRate: 1e30 }) }), /^DivergenceError: trainGan: /],
    ['cannot save', () => ({ checkpoint: failing }), /the disk is full/],
    ['cannot save in mid-epoch', () => ({ checkpoint: failing, checkpointEvery: 1 }), /the disk is full/],
    ['cannot save when it is aborted', () => ({ checkpoint: failing, ...aborting() }), /the disk is full/],
    ['throws in onStep', () => ({ onStep: thrower(2, 'step') }), /step/],
    ['throws in onEpoch', () => ({ onEpoch: thrower(0, 'epoch') }), /epoch/],
    [
      'rejects in onEpoch, late',
      () => ({
        onEpoch: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          throw new Error('late');
        },
      }),
      /late/,
    ],
    ['cannot gather its images', () => ({ images: brokenImages() }), /no image/],
    ['is refused', () => ({ latentDim: 9 }), /^ShapeError: trainGan: /],
    [
      'cannot list its checkpoints',
      () => ({
        resume: true,
        checkpoint: {
          ...failing,
          list: async () => {
            throw new Error('no list');
          },
        },
      }),
      /no list/,
    ],
    ['throws in onResume', () => ({ resume: true, checkpoint: failing, onResume: thrower(0, 'resume') }), /resume/],
  ];

  it.each(CASES)('%s', async (_, overrides, expected) => {
    const before = await settle();
    // Three times: what stays of one would add up.
    for (let turn = 0; turn < 3; turn++) {
      const error = await trainOnce(overrides());
      expect(error).toMatch(expected);
    }
    const clean = await collectUntil(() => heap().usage().blocks <= before.blocks);
    expect({ clean, ...heap().usage() }).toEqual({ clean: true, ...before });
  });
});

it('a slope is that of its part of the samples', () => {
  const usage = heap().usage();
  const samples = [1, 2, 3, 4].map((at) => ({
    at,
    heap: usage,
    resident: 0,
    objects: 5000 - at,
    outside: 1000 + 7 * at,
  }));
  expect(slopeOf('outside', samples)).toBeCloseTo(7, 9);
  expect(slopeOf('objects', samples)).toBeCloseTo(-1, 9);
});
