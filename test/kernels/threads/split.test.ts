/**
 * The split rules without threads: the parts of a call, computed one after the other by the kernel of one thread, give
 * the bits of the whole call, for any number of parts and any cuts at multiples of the grain. Every sum stays within
 * one part, so bits must be equal.
 */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../src/kernels/heap.ts';
import type { AnyKernel } from '../../../src/kernels/kernel.ts';
import { gemm } from '../../../src/kernels/library/gemm.ts';
import { randomNormal, randomUniform } from '../../../src/kernels/library/random.ts';
import type { KernelSet } from '../../../src/kernels/sets.ts';
import type { SplitRule } from '../../../src/kernels/split.ts';
import { caseOf } from '../../support/kernel-cases.ts';
import { KERNELS, portableSet, simdSet } from '../../support/kernel-sets.ts';
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
      const out = [...args];
      rule.part(out, args, begin, bounds[i + 1]!);
      return out;
    })
    .reverse();
}

function runParts(set: KernelSet, kernel: AnyKernel, parts: readonly (readonly number[])[]): number | undefined {
  const results = parts.map((part) => invoke(set, kernel, part));
  return results.reduce<number | undefined>(
    (sum, result) => (result === undefined ? sum : (sum ?? 0) + result),
    undefined,
  );
}

const SPLIT = KERNELS.filter(({ rule }) => rule !== undefined);

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
  it('cut all kernels except those whose sum has one order or that never take long', () => {
    const whole = KERNELS.filter(({ rule }) => rule === undefined);
    expect(whole.map(({ name }) => name).sort()).toEqual(['sigmoidCrossEntropy', 'sigmoidCrossEntropyBackward']);
  });

  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 512, shared: true }) });
  const simd = simdSet(heap).set;
  const portable = portableSet(heap).set;
  const twins = new Twins(heap, CAPACITY);
  const operands = new Operands(CAPACITY);

  it.each(SPLIT)('$name: 2 to 5 parts, all variants, any cuts', (kernel) => {
    const rule = kernel.rule!;
    const { variants, build } = caseOf(kernel);
    let salt = 0;
    let cutInFact = 0;
    for (const [rows, columns] of SIZES) {
      for (let variant = 0; variant < variants; variant++) {
        const parts = 2 + (salt % 4);
        const args = build(operands.begin(salt), rows, columns, variant);
        const whole = (all: readonly number[]): number | undefined => invoke(simd, kernel, all);
        const inParts = (all: readonly number[]): number | undefined =>
          runParts(simd, kernel, partition(rule, all, parts, numbersBelow(salt)));
        const what = `rows ${rows}, columns ${columns}, variant ${variant}, salt ${salt}, ${parts} parts`;
        twins.compare(kernel, operands, args, whole, inParts, what);
        if (Math.ceil(rule.length(args) / rule.grain) > 1) cutInFact++;
        salt++;
      }
    }
    expect(cutInFact).toBeGreaterThan(variants);
  });

  it.each([randomUniform, randomNormal])('$name: a cut on either side of every carry of the counter', (kernel) => {
    const rule = kernel.rule!;
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
            const part = [...all];
            rule.part(part, all, from, to);
            invoke(simd, kernel, part);
          }
        };
        // The whole by the portable twin, whose counter is a plain number.
        const whole = (all: readonly number[]): number | undefined => invoke(portable, kernel, all);
        twins.compare(kernel, operands, args, whole, inParts, `cut at ${begin}, counter ${high}:${low}`);
      }
    }
  });

  it('gemm is cut along the longer side of C, and costs m n k for either side', () => {
    const rule = gemm.rule!;
    const call = (m: number, n: number): number[] => [0, 0, 0, m, n, 50, n, 50, n, 0, 0, 0];
    for (const [m, n] of [
      [70, 30],
      [30, 70],
      [30, 30],
    ] as const) {
      const args = call(m, n);
      const part = [...args];
      rule.part(part, args, 16, 29);
      expect(part.slice(3, 5)).toEqual(n >= m ? [m, 13] : [13, n]);
      expect(rule.length(args) * rule.cost(args)).toBeCloseTo((m * n * 50) / 8);
    }
  });
});
