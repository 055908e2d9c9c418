/** The GEMMs of the benchmark are those of the step, as recorded from the real networks. */
import { expect, test } from 'vitest';
import { cubes, flopsOf, roleOf, rolesOf, STEP_SIZES, sizeName } from '../../bench/gemm-sizes.ts';
import { type Call, gemmOf, recording } from '../../bench/recorder.ts';
import { createTrainer } from '../../bench/trainer.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createMemory } from '../../src/kernels/memory.ts';
import { simdSet } from '../support/kernel-sets.ts';

test('sizes are written m x k x n', () => {
  expect(sizeName({ m: 1, k: 2, n: 3 })).toBe('1x2x3');
  expect(flopsOf({ m: 2, k: 3, n: 5 })).toBe(60);
  expect(cubes(128).map(sizeName)).toEqual(['64x64x64', '128x128x128']);
});

test('the roles of a dense layer [256, from] -> [256, to]: y NN, dx NT, dW TN', () => {
  expect(roleOf({ m: 256, k: 784, n: 512 }, 'NN')).toBe('D1 y');
  expect(roleOf({ m: 256, k: 784, n: 512 }, 'NT')).toBe('G3 dx');
  expect(roleOf({ m: 784, k: 256, n: 512 }, 'TN')).toBe('D1 dW');
  expect(roleOf({ m: 784, k: 256, n: 512 }, 'NN')).toBe('');
  expect(rolesOf({ m: 256, k: 256, n: 512 })).toBe('G2 y, D2 dx, G2 dW');
});

test('a step has 27 gemm calls with a role each, 2.34 GFLOP in total, also at the five sizes of the ladder', () => {
  const heap = new Heap({ memory: createMemory() });
  const { set: kernels } = simdSet(heap);
  const trainer = createTrainer({ heap, kernels });
  const calls: Call[] = [];
  const loss = trainer.step({ heap, kernels: recording(kernels, calls) });
  expect(loss).toBeGreaterThan(0);

  const gemms = calls.filter(({ kernel }) => kernel === 'gemm').map(gemmOf);
  expect(gemms).toHaveLength(27);
  expect(gemms.filter((gemm) => roleOf(gemm, gemm.transposes) === '')).toEqual([]);
  // 256 rows times the weights of each layer, times 2 for multiply and add, times the passes through the layer.
  const total = gemms.reduce((sum, gemm) => sum + flopsOf(gemm), 0);
  expect(total / 1e9).toBeCloseTo(2.34, 2);
  const sizes = new Set(gemms.map(sizeName));
  expect(STEP_SIZES.map(sizeName).filter((name) => !sizes.has(name))).toEqual([]);
});

test('recorded kernels do what the kernels do', () => {
  const heap = new Heap({ memory: createMemory() });
  const { set: kernels } = simdSet(heap);
  const plain = createTrainer({ heap, kernels });
  const recorded = createTrainer({ heap, kernels });
  plain.step();
  recorded.step({ heap, kernels: recording(kernels, []) });
  expect(recorded.digest()).toBe(plain.digest());
});
