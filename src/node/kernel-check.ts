/**
 * Compares the kernels of a SIMD set with the portable ones, bit for bit, where an engine compiles in an unusual way.
 * Each kernel is called with its sample, as its definition gives it, in several sizes, and with operands of random
 * numbers.
 */
import type { Heap } from '../kernels/heap.ts';
import type { Address, AnyKernel, KernelFunction } from '../kernels/kernel.ts';
import { createPortableSet, type SimdSet } from '../kernels/sets.ts';
import { CONTROL_BYTES, RECORDS, TICKET, writeRecord } from '../kernels/threads/jobs.ts';

const CONTROL = CONTROL_BYTES / 4;

/** Whole numbers that a sample leaves out: with whole vectors and a tail, without a tail, with a tail only. */
const SIZES = [
  { count: 67, rows: 5, other: 37 },
  { count: 64, rows: 4, other: 32 },
  { count: 3, rows: 3, other: 3 },
];

/** The kernels of a set that differ from the portable ones on their samples. */
export function differingKernels(heap: Heap, set: SimdSet): AnyKernel[] {
  const kernels = [...set.kernels.keys()];
  const portable = createPortableSet(heap, kernels);
  const control = heap.allocate(CONTROL);
  heap.ints.fill(0, control, control + CONTROL);
  try {
    return kernels.filter((kernel, number) => {
      const bodies = [set.kernels.get(kernel)!];
      // As a job of a thread too, into which the engine may have copied the kernel's code.
      if (set.drain !== undefined) bodies.push(asJob(heap, set.drain, control, number, kernel));
      return isDifferent(heap, kernel, portable.get(kernel)!, bodies);
    });
  } finally {
    heap.free(control, CONTROL);
  }
}

/** Whether any of the bodies returns or writes anything other than the portable one. */
function isDifferent(
  heap: Heap,
  kernel: AnyKernel,
  portable: KernelFunction,
  bodies: readonly KernelFunction[],
): boolean {
  const names = addressesOf(kernel);
  const operand = operandSize(kernel);
  const size = names.length * operand;
  const base = heap.allocate(size);
  const run = (body: KernelFunction, args: readonly number[], numbers: Float32Array): Int32Array => {
    heap.floats.set(numbers, base);
    for (const [i, name] of names.entries()) {
      const value = kernel.sample[name];
      if (typeof value === 'number') heap.floats.fill(value, base + i * operand, base + (i + 1) * operand);
    }
    const result = body(...args);
    const left = new Int32Array(1 + size);
    left[0] = kernel.result === 'i32' ? result : 0;
    left.set(heap.ints.subarray(base, base + size), 1);
    return left;
  };
  const choices = [randomNumbers(size), randomNumbers(size, SPECIALS)];
  try {
    return samplesOf(kernel, base).some((args) =>
      choices.some((numbers) => {
        const expected = run(portable, args, numbers);
        return bodies.some((body) => differ(run(body, args, numbers), expected));
      }),
    );
  } finally {
    heap.free(base, size);
  }
}

/** The kernel as threads run it: from a record of a control block. */
function asJob(
  heap: Heap,
  drain: (control: number) => void,
  control: Address,
  number: number,
  { parameters }: AnyKernel,
): KernelFunction {
  const floats = Object.values(parameters).map((kind) => kind === 'f32');
  const record = control + RECORDS / 4;
  return (...args) => {
    writeRecord(heap, record, number, floats, args);
    heap.ints[control + TICKET / 4] = 1;
    drain(4 * control);
    return heap.ints[record]!;
  };
}

/** Whether two lists of bit patterns are different floats. Any NaN equals any other. */
function differ(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !(isNaNPattern(a[i]!) && isNaNPattern(b[i]!))) return true;
  return false;
}

function isNaNPattern(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000;
}

function addressesOf({ parameters }: AnyKernel): string[] {
  return Object.keys(parameters).filter((name) => parameters[name] === 'address');
}

/** Floats of each operand: more than any call of the sample uses. */
function operandSize({ sample }: AnyKernel): number {
  return 48 * Math.max(...SIZES.map(({ count }) => count), ...Object.values(sample).flatMap((value) => value ?? 0));
}

/** The arguments of all calls of a kernel's sample: where it lists several values of a parameter, each with each. */
function samplesOf(kernel: AnyKernel, base: Address): number[][] {
  const addresses = addressesOf(kernel);
  const operand = operandSize(kernel);
  return SIZES.flatMap(({ count, rows, other }) => {
    const whole: Readonly<Record<string, number>> = { count, rows };
    const valuesOf = (name: string, kind: 'address' | 'i32' | 'flag' | 'f32'): readonly number[] => {
      if (kind === 'address') return [base + addresses.indexOf(name) * operand];
      const usual = { f32: 0.3, flag: [0, 1], i32: whole[name] ?? other }[kind];
      const given = kernel.sample[name] ?? usual;
      return typeof given === 'number' ? [given] : given;
    };
    let calls: number[][] = [[]];
    for (const [name, kind] of Object.entries(kernel.parameters))
      calls = calls.flatMap((call) => valuesOf(name, kind).map((value) => [...call, value]));
    return calls;
  });
}

const SPECIALS = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, -1e-40, 3e38, -3e38, 90, -90];

/** In [-1, 1), by a linear congruential generator; every third number is one of `specials`, if there are any. */
function randomNumbers(count: number, specials: readonly number[] = []): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return specials.length > 0 && i % 3 === 0 ? specials[(state >>> 8) % specials.length]! : state / 2 ** 31;
  });
}
