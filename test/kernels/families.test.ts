/**
 * Families of kernels: each is whole, and one that a program imports only after its first use is made then. Expected values are those of
 * float32 arithmetic by hand.
 */
import { afterAll, expect, test } from 'vitest';
import { tensor } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createPortableKernels } from '../../src/kernels/portable/index.ts';
import { configure, kernels, runtime, runtimeInfo, withRuntime } from '../../src/kernels/runtime.ts';
import { add } from '../../src/ops/arithmetic.ts';

afterAll(() => configure({ threads: 1 }));

test('a family that is imported after the first use is made then; what there was goes on, on as many threads', async () => {
  await configure({ threads: 2 });
  const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
  const before = kernels();
  expect('maxPooling2d' in before, 'this file must not import windows earlier').toBe(false);

  const { maxPooling2d } = await import('../../src/ops/max-pooling.ts');
  expect([...maxPooling2d(x, { poolSize: 2 }).data]).toEqual([4]);
  expect('maxPooling2d' in runtime().kernels).toBe(true);
  expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 2 });
  expect([...add(x, 1).data]).toEqual([2, 3, 4, 5]);
  const made = runtime().kernels;
  maxPooling2d(x, { poolSize: 2 });
  expect(runtime().kernels, 'made once').toBe(made);
});

test('all.ts has every family, and no kernel is in two of them', async () => {
  const { allOf, FAMILIES, KERNEL_NAMES } = await import('../../src/kernels/all.ts');
  const { CORE } = await import('../../src/kernels/families/core.ts');
  const { registeredFamilies } = await import('../../src/kernels/registry.ts');
  const names = [CORE, ...FAMILIES].flatMap((family) => Object.keys(family.arguments));
  expect(new Set(names).size).toBe(names.length);
  expect(names.sort()).toEqual([...KERNEL_NAMES].sort());
  expect(new Set(registeredFamilies())).toEqual(new Set(FAMILIES));
  expect(() => allOf(coreAlone().kernels)).toThrow(/missing: moments, /);
});

test('a substitute that lacks a family is told of, and the runtime in use is left as it is', async () => {
  const { maxPooling2d } = await import('../../src/ops/max-pooling.ts');
  const before = runtime().kernels;
  expect(() => withRuntime(coreAlone(), () => maxPooling2d(tensor([1, 2, 3, 4], [1, 2, 2, 1])))).toThrow(RuntimeError);
  expect(runtime().kernels).toBe(before);
});

function coreAlone(): { readonly heap: Heap; readonly kernels: ReturnType<typeof createPortableKernels> } {
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true }) });
  return { heap, kernels: createPortableKernels(heap, []) };
}
