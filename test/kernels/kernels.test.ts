/**
 * Every kernel of every set against the formulas of the contract, bit for bit, over the whole memory: each case runs on a picture of memory, and
 * so does the reference; both pictures must be equal afterwards, NaN as NaN.
 */
import { describe, expect, it } from 'vitest';
import { KERNEL_ARGUMENTS, KERNEL_NAMES } from '../../src/kernels/all.ts';
import type { KernelName, Kernels } from '../../src/kernels/contract.ts';
import { firstDifference, KernelImage } from '../support/kernel-image.ts';
import { KERNEL_SETS, type KernelSet } from '../support/kernel-sets.ts';
import { type CaseBuilder, KERNEL_CASES } from './cases.ts';
import { referenceKernels } from './reference.ts';

const IMAGE_SIZE = 16384;

function call<K extends KernelName>(kernels: Kernels, name: K, args: Parameters<Kernels[K]>): number | undefined {
  const kernel = kernels[name] as (...all: Parameters<Kernels[K]>) => number | undefined;
  return kernel(...args);
}

function runCase<K extends KernelName>(set: KernelSet, name: K, build: CaseBuilder<K>, number: number): void {
  const image = new KernelImage(IMAGE_SIZE, 1000 + number, 1 + (number % 9));
  const args = build(image);
  const before = image.floats.slice();
  // The heap never hands out its start, so the image lies further in: addresses are moved along.
  const base = set.heap.allocate(IMAGE_SIZE);
  const floats = set.heap.floats as Float32Array;
  floats.set(image.floats, base);
  const moved = args.map((value: number, i: number) =>
    KERNEL_ARGUMENTS[name][i] === 'address' ? value + base : value,
  );
  const got = call(set.kernels, name, moved as Parameters<Kernels[K]>);
  const expected = call(referenceKernels(image.floats), name, args);
  const after = (set.heap.floats as Float32Array).slice(base, base + IMAGE_SIZE);
  set.heap.free(base, IMAGE_SIZE);
  const at = firstDifference(after, image.floats);
  if (at !== undefined) {
    throw new Error(
      `${name}, case ${number}, arguments ${args.join(', ')}: at ${at} (output + ${at - args[0]!}): got ${after[at]}, expected ${image.floats[at]}, before ${before[at]}`,
    );
  }
  expect(got, `${name}, case ${number}, arguments ${args.join(', ')}: result`).toBe(expected);
}

describe.each(KERNEL_SETS)('the $name kernels', ({ create }) => {
  const set = create();

  it('are complete', () => {
    expect(Object.keys(set.kernels).sort()).toEqual([...KERNEL_NAMES].sort());
  });

  it.each(KERNEL_NAMES)('%s', (name) => {
    const cases: readonly CaseBuilder<typeof name>[] = KERNEL_CASES[name];
    expect(cases.length).toBeGreaterThan(5);
    cases.forEach((build, number) => {
      runCase(set, name, build, number);
    });
  });
});

describe('the contract as data', () => {
  it('names as many arguments as a call has', () => {
    for (const name of KERNEL_NAMES) {
      const args = KERNEL_CASES[name][0]!(new KernelImage(IMAGE_SIZE, 1));
      expect(KERNEL_ARGUMENTS[name], name).toHaveLength(args.length);
    }
  });
});
