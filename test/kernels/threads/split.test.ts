/**
 * The split rules without threads: the parts of a call, computed one after the other by the kernel of one thread, give the bits of the
 * whole call, for any number of parts and any cuts at multiples of the grain. Every sum stays within one part, so bits must be equal.
 */
import { describe, expect, it } from 'vitest';
import {
  createAllPortableKernels,
  createFullSimdSet,
  KERNEL_ARGUMENTS,
  KERNEL_NAMES,
  SPLIT_RULES,
} from '../../../src/kernels/all.ts';
import type { KernelName, Kernels } from '../../../src/kernels/contract.ts';
import { Heap } from '../../../src/kernels/heap.ts';
import { RECORD_BYTES } from '../../../src/kernels/simd/jobs.ts';
import type { SplitRule } from '../../../src/kernels/threads/split.ts';
import { KERNEL_CASES } from '../../support/kernel-cases.ts';
import { Operands } from '../../support/operands.ts';
import { invoke, numbersBelow, Twins } from '../../support/twins.ts';

const CAPACITY = 150_000;

/** Parts that cover the length, cut at multiples of the grain, the last ones first: their order must not matter. */
function partition(rule: SplitRule, args: readonly number[], parts: number, below: (n: number) => number): number[][] {
  const length = rule.length(args);
  const units = Math.ceil(length / rule.grain);
  const cuts = Array.from({ length: parts - 1 }, () => Math.min(below(units + 1) * rule.grain, length));
  const bounds = [0, ...cuts.sort((a, b) => a - b), length];
  return bounds
    .slice(0, -1)
    .map((begin, i) => {
      const out = [Number.NaN];
      rule.part(out, args, begin, bounds[i + 1]!);
      return out;
    })
    .reverse();
}

function runParts(kernels: Kernels, name: KernelName, parts: readonly (readonly number[])[]): number | undefined {
  const results = parts.map((part) => invoke(kernels, name, part));
  return results.reduce<number | undefined>(
    (sum, result) => (result === undefined ? sum : (sum ?? 0) + result),
    undefined,
  );
}

const SPLIT = KERNEL_NAMES.filter((name) => SPLIT_RULES[name] !== undefined);

/** Sizes whose cut direction has several units of the grain, with and without a rest. */
const SIZES = [
  [1, 0],
  [1, 15],
  [1, 17],
  [1, 100],
  [1, 1031],
  [2, 64],
  [5, 33],
  [16, 3],
  [40, 40],
  [33, 17],
  [100, 1],
  [67, 130],
  [131, 70],
] as const;

describe('the split rules', () => {
  it('leave whole only what has a sum of one order or never takes long', () => {
    expect(KERNEL_NAMES.filter((name) => SPLIT_RULES[name] === undefined)).toEqual([
      'inverseStddev',
      'movingAverage',
      'sigmoidCrossEntropy',
      'sigmoidCrossEntropyBackward',
    ]);
  });

  it('have arguments that fit a record of a job, with the number of the kernel before them', () => {
    const most = Math.max(...KERNEL_NAMES.map((name) => KERNEL_ARGUMENTS[name].length));
    expect(1 + most).toBeLessThanOrEqual(RECORD_BYTES / 4);
  });

  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 512, shared: true }) });
  const simd = createFullSimdSet(heap).kernels;
  const portable = createAllPortableKernels(heap);
  const twins = new Twins(heap, CAPACITY);
  const operands = new Operands(CAPACITY);

  it.each(SPLIT)('%s: 2 to 5 parts, all variants, any cuts', (name) => {
    const rule = SPLIT_RULES[name]!;
    const { variants, build } = KERNEL_CASES[name];
    let salt = 0;
    let cutInFact = 0;
    for (const [rows, columns] of SIZES) {
      for (let variant = 0; variant < variants; variant++) {
        const parts = 2 + (salt % 4);
        const args = build(operands.begin(salt), rows, columns, variant);
        const whole = (all: readonly number[]): number | undefined => invoke(simd, name, all);
        const inParts = (all: readonly number[]): number | undefined =>
          runParts(simd, name, partition(rule, all, parts, numbersBelow(salt)));
        const what = `rows ${rows}, columns ${columns}, variant ${variant}, salt ${salt}, ${parts} parts`;
        twins.compare(name, operands, args, whole, inParts, what);
        if (Math.ceil(rule.length(args) / rule.grain) > 1) cutInFact++;
        salt++;
      }
    }
    expect(cutInFact).toBeGreaterThan(variants);
  });

  it.each(['randomUniform', 'randomNormal'] as const)(
    '%s: a cut on either side of every carry of the counter',
    (name) => {
      const rule = SPLIT_RULES[name]!;
      for (const [low, high] of [
        [-40, 0],
        [-40, -1],
        [0x7fffffe0, 6],
        [-8, 0x7fffffff],
      ] as const) {
        for (let begin = 0; begin <= 400; begin += rule.grain) {
          const out = operands.begin(begin).reserve(400);
          const args = [out, 1, 2, low, high, 3, 0, 1, 400];
          const inParts = (all: readonly number[]): undefined => {
            const parts = [
              [0, begin],
              [begin, 400],
            ] as const;
            for (const [from, to] of parts) {
              const part: number[] = [];
              rule.part(part, all, from, to);
              invoke(simd, name, part);
            }
          };
          // The whole by the portable twin, whose counter is a plain number.
          const whole = (all: readonly number[]): number | undefined => invoke(portable, name, all);
          twins.compare(name, operands, args, whole, inParts, `cut at ${begin}, counter ${high}:${low}`);
        }
      }
    },
  );

  it('gemm is cut along the longer side of C, and costs m n k whichever it is', () => {
    const rule = SPLIT_RULES.gemm!;
    const call = (m: number, n: number): number[] => [0, 0, 0, m, n, 50, n, 50, n, 0, 0, 0];
    for (const [m, n] of [
      [70, 30],
      [30, 70],
      [30, 30],
    ] as const) {
      const args = call(m, n);
      const part: number[] = [];
      rule.part(part, args, 16, 29);
      expect(part.slice(3, 5)).toEqual(n >= m ? [m, 13] : [13, n]);
      expect(rule.length(args) * rule.cost(args)).toBeCloseTo((m * n * 50) / 8);
    }
  });
});
