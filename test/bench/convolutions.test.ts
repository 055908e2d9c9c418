/** The convolutions of the benchmark are those of the step, and their results are compared before they are timed. */
import { expect, test } from 'vitest';
import {
  CONVOLUTION_PARTS,
  CONVOLUTION_SIZES,
  callsInStep,
  convolutionFlops,
  convolutionName,
  convolutionRoles,
} from '../../bench/convolution-sizes.ts';
import { measureConvolution } from '../../bench/convolutions.ts';
import { openLab } from '../../bench/lab.ts';
import { type Call, gemmOf, recording } from '../../bench/recorder.ts';
import { convolutionTable } from '../../bench/report.ts';
import { createTrainer } from '../../bench/trainer.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createMemory } from '../../src/kernels/memory.ts';
import type { WindowGeometry } from '../../src/kernels/windows.ts';
import { simdSet } from '../support/kernel-sets.ts';

/** A small size with the padding of a 3 x 3 kernel, stride 2, on 6 x 6 pixels: only after the last pixel. */
const TINY = { geometry: [6, 6, 2, 3, 3, 2, 2, 0, 0, 3, 3] satisfies WindowGeometry, outputs: 5 };

test('the sizes, and the role of each function in the layers', () => {
  expect(CONVOLUTION_SIZES.map(convolutionName)).toEqual([
    '7x7x128 - 7x7x256',
    '14x14x64 - 7x7x128',
    '28x28x1 - 14x14x64',
  ]);
  const [first, second] = CONVOLUTION_SIZES;
  expect(CONVOLUTION_PARTS.map((part) => convolutionRoles(first!, part))).toEqual(['G2 dx', 'G2 y', 'G2 dW']);
  expect(convolutionRoles(second!, 'spread')).toBe('G3 y, D2 dx');
  expect(convolutionFlops(TINY, 10)).toBe(2 * 10 * 9 * 18 * 5);
});

test('a step of the pair at width 1 calls each function at each size as often as the table says, and no other', () => {
  const heap = new Heap({ memory: createMemory() });
  const { set: kernels } = simdSet(heap);
  // One image fits into one workspace: a call is one chunk.
  const trainer = createTrainer({ heap, kernels }, { pair: 'conv', width: 1, batchSize: 1 });
  const calls: Call[] = [];
  trainer.step({ heap, kernels: recording(kernels, calls) });

  const found: Record<string, number> = {};
  for (const [i, call] of calls.entries()) {
    if (call.kernel !== 'im2col' && call.kernel !== 'col2im') continue;
    expect(call.args[2], 'first line: one chunk an image').toBe(0);
    const gemm = gemmOf(calls[call.kernel === 'im2col' ? i + 1 : i - 1]!);
    const size = CONVOLUTION_SIZES.find(({ geometry }) => String(geometry) === String(call.args.slice(4)));
    expect(size, String(call.args)).toBeDefined();
    const part = call.kernel === 'col2im' ? 'spread' : gemm.transposes === 'TN' ? 'kernelGradient' : 'correlate';
    expect(2 * gemm.m * gemm.k * gemm.n).toBe(convolutionFlops(size!, 1));
    const key = `${convolutionName(size!)} ${part}`;
    found[key] = (found[key] ?? 0) + 1;
  }
  const stated = CONVOLUTION_SIZES.flatMap((size) =>
    CONVOLUTION_PARTS.map((part) => [`${convolutionName(size)} ${part}`, callsInStep(size, part)]),
  );
  expect(found).toEqual(Object.fromEntries(stated));
});

test('all three functions are verified and timed on both rungs, and the table ends with the sums', async () => {
  const lab = await openLab(8, 2);
  try {
    const steps = (['simd', 'threads'] as const).map((rung) => ({ name: rung, lab, rung }));
    const figures = await measureConvolution(TINY, 3, steps, { rounds: 3, budgetMs: 1 });
    expect(figures.map(({ rung, part }) => `${rung} ${part}`)).toEqual(
      CONVOLUTION_PARTS.flatMap((part) => [`simd ${part}`, `threads ${part}`]),
    );
    for (const { convolution, gemms } of figures) {
      expect(convolution.min).toBeGreaterThan(0);
      expect(gemms.min).toBeGreaterThan(0);
    }
    expect(
      convolutionTable(figures)
        .split('\n')
        .slice(-2)
        .map((line) => line.slice(0, 26)),
    ).toEqual(Array(2).fill('all convolutions of a step'));
  } finally {
    await lab.close();
  }
});

test('the sums weight each function by its calls in a step', () => {
  const [, , size] = CONVOLUTION_SIZES;
  const time = (ms: number): { min: number; median: number; repetitions: number } => ({
    min: ms,
    median: 2 * ms,
    repetitions: 3,
  });
  // 28x28x1 - 14x14x64, one image: 627,200 operations. A step calls correlate 3 times (G4 dx, twice D1 y), spread twice
  // (G4 y, D1 dx).
  const figures = (['correlate', 'spread'] as const).map((part) => ({
    size: size!,
    part,
    rung: 'SIMD',
    images: 1,
    convolution: time(part === 'spread' ? 2 : 1),
    gemms: time(0.5),
  }));
  const lines = convolutionTable(figures).split('\n');
  // 627,200 / 1 ms, / 2 ms, / 0.5 ms; then 5 x 627,200 over 3 + 4 ms and over 2.5 ms.
  expect(lines[2]).toMatch(/SIMD +0\.627 \| 0\.314 +1\.25 \| 0\.627 +50 % \| 50 %$/);
  expect(lines[3]).toMatch(/SIMD +0\.314 \| 0\.157 +1\.25 \| 0\.627 +25 % \| 25 %$/);
  expect(lines[4]).toMatch(/SIMD +0\.448 \| 0\.224 +1\.25 \| 0\.627 +36 % \| 36 %$/);
});

test('a convolution with one wrong bit is not timed', async () => {
  const lab = await openLab(8, 1);
  try {
    let timed = 0;
    const convolution = lab.convolution.bind(lab);
    lab.convolution = async (rung, part) => `${await convolution(rung, part)}${rung === 'simd' ? '!' : ''}`;
    lab.timeConvolution = async () => ++timed;
    const step = { name: 'SIMD', lab, rung: 'simd' } as const;
    await expect(measureConvolution(TINY, 2, [step], { rounds: 3, budgetMs: 1 })).rejects.toThrow('the bits differ');
    expect(timed).toBe(0);
  } finally {
    await lab.close();
  }
});
