/**
 * Compares SIMD kernels with the portable ones, bit for bit. Each kernel is called with its sample: whole numbers as
 * the kernel's definition gives them, operands of random numbers. For engines that are told to compile in an unusual
 * way.
 */
import { Heap } from '../kernels/heap.ts';
import type { Address, AnyKernel } from '../kernels/kernel.ts';
import { createMemory } from '../kernels/memory.ts';
import { createPortableSet, createSimdSet, type KernelSet } from '../kernels/sets.ts';

/** Floats of each operand: more than any sample uses. */
const OPERAND = 20_480;

/** The kernels whose two bodies differ on their samples. */
export function differingKernels(kernels: readonly AnyKernel[], tileColumns: 8 | 16): AnyKernel[] {
  const heap = new Heap({ memory: createMemory() });
  const portable = createPortableSet(heap, kernels);
  const simd = createSimdSet(heap, kernels, tileColumns).kernels;
  const size = Math.max(...kernels.map(({ parameters }) => addressesOf(parameters).length)) * OPERAND;
  const base = heap.allocate(size);
  const noise = randomNumbers(size);

  const run = (set: KernelSet, kernel: AnyKernel, args: readonly number[]): Outcome => {
    heap.floats.set(noise, base);
    addressesOf(kernel.parameters).forEach((name, i) => {
      const value = kernel.sample[name];
      if (typeof value === 'number') heap.floats.fill(value, base + i * OPERAND, base + (i + 1) * OPERAND);
    });
    const result = set.get(kernel)!(...args);
    const used = addressesOf(kernel.parameters).length * OPERAND;
    return { result: kernel.result === 'i32' ? result : 0, memory: heap.floats.slice(base, base + used) };
  };
  return kernels.filter((kernel) =>
    samplesOf(kernel, base).some((args) => !same(run(portable, kernel, args), run(simd, kernel, args))),
  );
}

/** What a call leaves. */
interface Outcome {
  readonly result: number;
  readonly memory: Float32Array | Float64Array;
}

function same(a: Outcome, b: Outcome): boolean {
  // Object.is tells zeros of different sign apart, and takes NaN for NaN.
  return a.result === b.result && a.memory.every((value, i) => Object.is(value, b.memory[i]));
}

function addressesOf(parameters: AnyKernel['parameters']): string[] {
  return Object.keys(parameters).filter((name) => parameters[name] === 'address');
}

/** The arguments of all calls of a kernel's sample: where it lists several values of a parameter, each with each. */
function samplesOf({ parameters, sample }: AnyKernel, base: Address): number[][] {
  const addresses = addressesOf(parameters);
  let calls: number[][] = [[]];
  for (const [name, kind] of Object.entries(parameters)) {
    const given = sample[name];
    const values =
      kind === 'address'
        ? [base + addresses.indexOf(name) * OPERAND]
        : typeof given === 'object'
          ? given
          : [given ?? (kind === 'f32' ? 0.3 : (COUNTS[name] ?? 37))];
    calls = calls.flatMap((call) => values.map((value) => [...call, value]));
  }
  return calls;
}

/** Whole numbers that a sample leaves out; all others are 37. */
const COUNTS: Readonly<Record<string, number>> = { count: 67, rows: 5 };

/** In [-1, 1), by a linear congruential generator. */
function randomNumbers(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
