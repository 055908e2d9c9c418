/**
 * The memory grows between any two operations: before every kernel call of two GAN steps, for every kernel set,
 * shared or not. Losses, weights and optimizer moments must have the bits of a run whose memory never grew.
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import type { Tensor } from '../../src/autograd/tensor.ts';
import { ganStep } from '../../src/gan/step.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createMemory } from '../../src/kernels/memory.ts';
import { type Runtime, withRuntime } from '../../src/kernels/runtime.ts';
import { ThreadPool } from '../../src/kernels/threads/pool.ts';
import { findThreads } from '../../src/kernels/threads/worker.ts';
import * as layers from '../../src/nn/layers/index.ts';
import { sequential } from '../../src/nn/sequential.ts';
import { adam } from '../../src/optim/adam.ts';
import { growingKernels } from '../support/growth.ts';
import { portableSet, simdSet } from '../support/kernel-sets.ts';

/** Layers of all kinds, large enough for jobs of the pool: 32 rows of 520 columns are more than its smallest. */
function trainTwoSteps(): string {
  const random = createRandom(3);
  const generator = sequential(
    [
      layers.dense({ units: 70, useBias: false, inputShape: [9] }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 520, activation: 'tanh' }),
      layers.batchNormalization(),
      layers.reshape({ targetShape: [26, 20, 1] }),
    ],
    { random },
  );
  const discriminator = sequential(
    [
      layers.flatten({ inputShape: [26, 20, 1] }),
      layers.dense({ units: 33 }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 1 }),
    ],
    { random },
  );
  const networks = { generator, discriminator, generatorOptimizer: adam(), discriminatorOptimizer: adam() };
  const bits: number[] = [];
  for (let step = 0; step < 2; step++) {
    const real = random.uniform([32, 26, 20, 1], -1, 1);
    const { generatorLoss, discriminatorLoss } = ganStep(networks, real, random.normal([32, 9]), random);
    bits.push(generatorLoss, discriminatorLoss);
  }
  const kept: readonly Tensor[] = [...generator.weights, ...discriminator.weights];
  for (const weight of kept) bits.push(...new Int32Array(Float32Array.from(weight.data).buffer));
  return bits.join();
}

type Make = (shared: boolean) => Runtime & { readonly pool?: ThreadPool };

const SETS: readonly (readonly [name: string, shared: boolean, make: Make])[] = [
  ['portable', true, (shared) => portableRuntime(shared)],
  ['portable, memory that is not shared', false, (shared) => portableRuntime(shared)],
  ['simd', true, (shared) => simdRuntime(shared)],
  ['simd, memory that is not shared', false, (shared) => simdRuntime(shared)],
  [
    'simd on three threads',
    true,
    () => {
      const heap = new Heap({ memory: createMemory(true) });
      const pool = new ThreadPool(heap, simdSet(heap).simd, 3, findThreads()!);
      return { heap, kernels: pool.kernels, pool };
    },
  ],
];

function portableRuntime(shared: boolean): Runtime {
  const heap = new Heap({ memory: createMemory(shared) });
  return { heap, kernels: portableSet(heap).set };
}

function simdRuntime(shared: boolean): Runtime {
  const heap = new Heap({ memory: createMemory(shared) });
  return { heap, kernels: simdSet(heap).set };
}

describe('memory that grows before every kernel call', () => {
  const steady = withRuntime(portableRuntime(true), trainTwoSteps);

  it.each(SETS)('%s: the bits are those of memory that never grew', async (_, shared, make) => {
    const { heap, kernels, pool } = make(shared);
    await pool?.ready();
    const before = heap.usage().capacityBytes;
    const grown = withRuntime({ heap, kernels: growingKernels(heap, kernels) }, trainTwoSteps);
    expect(heap.usage().capacityBytes).toBeGreaterThan(before + 100 * 65_536);
    expect(grown === steady).toBe(true);
    pool?.close();
  });
});
