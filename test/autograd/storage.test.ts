import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import { Tensor, tensor, variable, zeros } from '../../src/autograd/tensor.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import { add } from '../../src/ops/arithmetic.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { collectAll, collectUntil, createEmptyRuntime } from '../support/collect-garbage.ts';

describe('garbage collection', () => {
  it('frees the blocks of tensors without references', async () => {
    const runtime = createEmptyRuntime();
    withRuntime(runtime, () => {
      for (let i = 0; i < 50; i++) zeros([1000]);
    });
    expect(runtime.heap.usage().blocks).toBe(50);
    expect(await collectUntil(() => runtime.heap.usage().blocks === 0)).toBe(true);
  });

  it('frees variables and tensors that escaped from a scope, too', async () => {
    const runtime = createEmptyRuntime();
    withRuntime(runtime, () => {
      for (let i = 0; i < 20; i++) {
        scope(() => variable(zeros([1000])));
        scope(() => zeros([1000]));
      }
    });
    expect(runtime.heap.usage().blocks).toBe(40);
    expect(await collectUntil(() => runtime.heap.usage().blocks === 0)).toBe(true);
  });

  it('does not free a tensor that is referenced, or whose reshape or recorded result is', async () => {
    const runtime = createEmptyRuntime();
    const held = withRuntime(runtime, () => [
      tensor([1, 2, 3]),
      reshape(tensor([4, 5, 6, 7]), [2, 2]),
      // The input of a recorded operation. The plain number 1 became a tensor too, and is referenced as the other
      // input.
      add(variable(tensor([8])), 1),
    ]);
    await collectAll();
    expect(runtime.heap.usage().blocks).toBe(5);
    expect(held.map((one) => one.toArray())).toEqual([
      [1, 2, 3],
      [
        [4, 5],
        [6, 7],
      ],
      [9],
    ]);
    expect(held[2]!.node!.inputs.map((one) => one.toArray())).toEqual([[8], 1]);
  });

  it('does not free a disposed block a second time', async () => {
    const runtime = createEmptyRuntime();
    withRuntime(runtime, () => {
      for (let i = 0; i < 20; i++) zeros([100]).dispose();
    });
    await collectAll();
    expect(runtime.heap.usage()).toMatchObject({ blocks: 0, usedBytes: 0 });
  });

  it('bounds the memory of a program without scopes: 3 GB of temporary tensors', async () => {
    // The engine sees their size through the ballast. Without it the heap would grow to the 3 GB.
    const runtime = createEmptyRuntime();
    for (let i = 0; i < 750; i++) {
      withRuntime(runtime, () => new Tensor([1_000_000]));
      if (i % 25 === 24) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    expect(runtime.heap.usage().capacityBytes).toBeLessThan(1.5e9);
  });
});
