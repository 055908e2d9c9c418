/**
 * Kernels register when they are imported. A kernel that is imported after the first use is compiled then. Expected
 * values are computed by hand in float32 arithmetic.
 */
import { afterAll, expect, test, vi } from 'vitest';
import { tensor } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { type Address, type Integer, type Kernel, type KernelOf, kernel } from '../../src/kernels/kernel.ts';
import { add as addKernel, maximum } from '../../src/kernels/library/binary.ts';
import { neg } from '../../src/kernels/library/unary.ts';
import { configure, registeredKernels, runtime, runtimeInfo, withRuntime } from '../../src/kernels/runtime.ts';
import { createPortableSet } from '../../src/kernels/sets.ts';
import { add } from '../../src/ops/arithmetic.ts';

afterAll(() => configure({ threads: 1 }));

test('a kernel imported after the first use is compiled then; the others and the threads stay', async () => {
  await configure({ threads: 2 });
  const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
  const names = (): string[] => Array.from(runtime().kernels.keys(), ({ name }) => name);
  expect(names(), 'this file must not import pooling earlier').not.toContain('maxPooling2d');

  const { maxPooling2d } = await import('../../src/ops/max-pooling.ts');
  expect([...maxPooling2d(x, { poolSize: 2 }).data]).toEqual([4]);
  expect(names()).toContain('maxPooling2d');
  expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 2 });
  expect([...add(x, 1).data]).toEqual([2, 3, 4, 5]);
  const made = runtime().kernels;
  maxPooling2d(x, { poolSize: 2 });
  expect(runtime().kernels, 'made once').toBe(made);
});

test('a kernel looks up its body once, and again after the kernel set has changed', async () => {
  const run = (): void => addKernel.run(16, 16, 16, 0, 0, 0, 1, 0, 1);
  run();
  const linked = addKernel.run;
  run();
  expect(addKernel.run).toBe(linked);
  expect(linked).toBe(runtime().kernels.get(addKernel));
  await configure({ kernels: 'portable' });
  run();
  expect(addKernel.run).not.toBe(linked);
  expect(addKernel.run).toBe(runtime().kernels.get(addKernel));
  await configure({ kernels: 'auto' });
});

test('a wrong call or definition does not compile', () => {
  // The compiler checks this; nothing of it runs.
  const compiled = (x: Address, count: Integer): void => {
    neg.run(x, x, count);
    neg.run(x, x + 4, 4);
    // @ts-expect-error: an address instead of a count
    neg.run(x, x, x);
    // @ts-expect-error: a count instead of an address
    neg.run(count, x, count);
    // @ts-expect-error: the count is missing
    neg.run(x, x);
    // @ts-expect-error: a flag is 0 or 1
    addKernel.run(x, x, x, 1, count, 0, 2, 0, 1);
    const parts = {
      portable: () => (_: Address, __: Integer) => {},
      simd: () => {},
    };
    const signature = 'x: address; count: i32';
    const whole: KernelOf<typeof signature> = kernel('whole', signature, {
      ...parts,
      split: { along: 'count', move: ['x'] },
    });
    const sameTypes: Kernel<[x: Address, count: Integer]> = whole;
    // @ts-expect-error: the split is missing
    const noSplit: unknown = kernel('noSplit', signature, parts);
    const wrongName: unknown = kernel('wrongName', signature, {
      ...parts,
      // @ts-expect-error: there is no parameter y
      split: { along: 'count', move: ['y'] },
    });
    const wrongKind = kernel('wrongKind', 'x: address; count: i23', {
      ...parts,
      split: { along: 'count', move: ['x'] },
    });
    // @ts-expect-error: there is no kind i23
    wrongKind.run(x, count);
    // @ts-expect-error: a kernel that returns a count must say so
    const noResult: Kernel<[x: Address, count: Integer], number> = kernel('noResult', signature, {
      portable: () => (_, count) => count,
      simd: (_, { count }) => count,
      split: { oneThread: 'its sum has one order' },
    });
    void [whole, sameTypes, noSplit, wrongName, noResult];
  };
  expect(compiled).toBeTypeOf('function');
});

test('a substitute has its own bodies, and those in use come back after it', () => {
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true }) });
  const kernels = createPortableSet(heap, registeredKernels());
  const x = tensor([1, 2]);
  const inside = withRuntime({ heap, kernels }, () => add(tensor([3, 4]), 1).toArray());
  expect(inside).toEqual([4, 5]);
  expect(add(x, 1).toArray()).toEqual([2, 3]);
});

test('a substitute that lacks a kernel is a RuntimeError, and the runtime in use does not change', async () => {
  const { maxPooling2d } = await import('../../src/ops/max-pooling.ts');
  const before = runtime().kernels;
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true }) });
  const kernels = createPortableSet(heap, [addKernel]);
  const pool = (): unknown => maxPooling2d(tensor([1, 2, 3, 4], [1, 2, 2, 1]));
  expect(() => withRuntime({ heap, kernels }, pool)).toThrow(RuntimeError);
  expect(() => withRuntime({ heap, kernels }, pool)).toThrow('the runtime lacks the kernel maxPooling2d');
  expect(runtime().kernels).toBe(before);
});

test('a rare kernel is not emitted before it runs', async () => {
  expect(maximum.rare && registeredKernels().includes(maximum)).toBe(true);
  // A new runtime, since that of this file has all kernels by now. This test stays the last one: after it, the classes
  // are not the same ones.
  vi.resetModules();
  const fresh = await import('../../src/kernels/runtime.ts');
  const { scalar } = await import('../../src/autograd/tensor.ts');
  const extremes = await import('../../src/ops/extremes.ts');
  const names = (): string[] => Array.from(fresh.runtime().kernels.keys(), ({ name }) => name);
  expect(names()).toContain('add');
  expect(names()).not.toContain('maximum');
  expect(extremes.maximum(scalar(2), 3).item()).toBe(3);
  expect(names()).toContain('maximum');
  // A later choice keeps it.
  await fresh.configure({ threads: 2 });
  expect(names()).toContain('maximum');
  await fresh.configure({ threads: 1 });
});
