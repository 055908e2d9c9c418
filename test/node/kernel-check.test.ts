/** The check of kernels on their samples: it passes all of them, and finds any that is wrong. */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/kernels/heap.ts';
import type { AnyKernel } from '../../src/kernels/kernel.ts';
import { createSimdSet, type SimdSet } from '../../src/kernels/sets.ts';
import { RECORDS } from '../../src/kernels/threads/jobs.ts';
import { differingKernels } from '../../src/node/kernel-check.ts';
import { i32 } from '../../src/wasm/index.ts';
import { KERNELS } from '../support/kernel-sets.ts';

const heap: Heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 2048, shared: true }) });

/** A number that no kernel gives. */
const WRONG = 1234.5;

/** The names of the kernels that differ, after which the heap must be as it was. */
function differing(set: SimdSet, own: Heap = heap): string[] {
  const { blocks } = own.usage();
  const names = differingKernels(own, set).map(({ name }) => name);
  expect(own.usage().blocks).toBe(blocks);
  set.dispose();
  return names;
}

describe('the check of kernels', () => {
  it.each([8, 16] as const)('finds no difference with a tile of %i columns', (tileColumns) => {
    expect(differing(createSimdSet(heap, KERNELS, tileColumns))).toEqual([]);
  });

  it('finds no difference on memory that is not shared', () => {
    const own = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 2048 }) });
    expect(differing(createSimdSet(own, KERNELS), own)).toEqual([]);
  });

  it('calls kernels with operands that they do not go beyond', () => {
    const set = createSimdSet(heap, KERNELS);
    for (const [kernel, body] of set.kernels) {
      set.kernels.set(kernel, (...args) => {
        const kinds = Object.values(kernel.parameters);
        const [first = 0, second = first + 48 * 67] = args.filter((_, i) => kinds[i] === 'address');
        const operands = kinds.filter((kind) => kind === 'address').length;
        const end = first + operands * (second - first);
        const around = (): Int32Array[] => [heap.ints.slice(first - 64, first), heap.ints.slice(end, end + 64)];
        const before = around();
        const result = body(...args);
        expect(around(), kernel.name).toEqual(before);
        return result;
      });
    }
    expect(differing(set)).toEqual([]);
  });

  it.each(KERNELS)('finds $name if its SIMD body does nothing', (kernel) => {
    const idle: AnyKernel = { ...kernel, simd: () => (kernel.result === 'i32' ? i32.const(-1) : undefined) };
    expect(differing(createSimdSet(heap, [idle]))).toEqual([kernel.name]);
  });

  it.each(KERNELS)('finds $name if one number of its first operand is wrong', (kernel) => {
    const set = createSimdSet(heap, [kernel]);
    const right = set.kernels.get(kernel)!;
    set.kernels.set(kernel, (...args) => {
      const result = right(...args);
      heap.floats[args[0]! + 2] = WRONG;
      return result;
    });
    expect(differing(set)).toEqual([kernel.name]);
  });

  it.each(KERNELS)('finds $name if only its job is wrong', (kernel) => {
    const set = createSimdSet(heap, [kernel]);
    const drain = (control: number): void => {
      set.drain!(control);
      heap.floats[heap.ints[(control + RECORDS) / 4 + 1]! + 2] = WRONG;
    };
    expect(differing({ ...set, drain })).toEqual([kernel.name]);
  });
});
