import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import { tensor, variable, zeros } from '../../src/autograd/tensor.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { add } from '../../src/ops/arithmetic.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { collectUntil } from '../support/collect-garbage.ts';

const used = (): number => heap().usage().usedBytes;

describe('garbage collection', () => {
  it('returns the blocks of tensors that nobody holds', async () => {
    const before = used();
    (() => {
      for (let i = 0; i < 50; i++) zeros([1000]);
    })();
    expect(used()).toBeGreaterThan(before);
    expect(await collectUntil(() => used() <= before)).toBe(true);
  });

  it('returns variables and what escaped from a scope, too', async () => {
    const before = used();
    (() => {
      for (let i = 0; i < 20; i++) {
        scope(() => variable(zeros([1000])));
        scope(() => zeros([1000]));
      }
    })();
    expect(await collectUntil(() => used() <= before)).toBe(true);
  });

  it('does not take a tensor that is held, nor one whose reshape or recorded result is', async () => {
    const before = used();
    const held = tensor([1, 2, 3]);
    const view = ((): ReturnType<typeof reshape> => reshape(tensor([4, 5, 6, 7]), [2, 2]))();
    const recorded = (() => add(variable(tensor([8])), 1))();
    expect(await collectUntil(() => used() < before + 3 * 64)).toBe(false);
    expect([held.toArray(), view.toArray(), recorded.node!.inputs[0]!.toArray()]).toEqual([
      [1, 2, 3],
      [[4, 5], [6, 7]],
      [8],
    ]);
  });

  it('does not take the block under a view of its data', async () => {
    const before = used();
    const data = (() => tensor([1, 2, 3]).data)();
    expect(await collectUntil(() => used() <= before)).toBe(false);
    // Whoever allocates now must get another block.
    const others = Array.from({ length: 20 }, () => tensor([9, 9, 9]));
    expect(Array.from(data)).toEqual([1, 2, 3]);
    expect(others.every((one) => one.data.byteOffset !== data.byteOffset)).toBe(true);
  });

  it('does not free a disposed block a second time', async () => {
    const before = heap().usage().blocks;
    (() => {
      for (let i = 0; i < 20; i++) zeros([100]).dispose();
    })();
    await collectUntil(() => heap().usage().blocks < before);
    expect(heap().usage().blocks).toBe(before);
  });

  it('keeps a program without scopes within bounds: 3 GB of tensors in passing', async () => {
    // The engine sees their weight through the ballast; without it the heap would grow to its ceiling.
    const before = heap().usage().capacityBytes;
    for (let i = 0; i < 750; i++) {
      zeros([1_000_000]);
      if (i % 25 === 24) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    expect(heap().usage().capacityBytes - before).toBeLessThan(1.5e9);
  });
});

describe('data', () => {
  it('is live', () => {
    const x = tensor([1, 2]);
    x.data[1] = 7;
    expect(x.toArray()).toEqual([1, 7]);
    expect(x.data).toBe(x.data);
  });

  it('follows the memory when it grows', () => {
    const x = tensor([1, 2, 3]);
    const before = x.data;
    heap().growNow();
    expect(x.data).not.toBe(before);
    expect(x.data.buffer).toBe(heap().memory.buffer);
    expect(Array.from(x.data)).toEqual([1, 2, 3]);
    x.data[0] = 5;
    expect(x.toArray()).toEqual([5, 2, 3]);
  });

  it('growth between any two operations changes no result', () => {
    const x = tensor([1, 2, 3]);
    let y = x;
    for (let i = 0; i < 3; i++) {
      y = add(y, x);
      heap().growNow();
    }
    expect(Array.from(y.data)).toEqual([4, 8, 12]);
  });
});
