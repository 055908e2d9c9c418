import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { dataset, tensorDataset } from '../../src/data/dataset.ts';
import { heap, withRuntime } from '../../src/kernels/runtime.ts';
import { collectAll, collectUntil, createEmptyRuntime } from '../support/collect-garbage.ts';

/** 256 images of 1 pixel, one for each byte value. */
const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('dataset', () => {
  it('converts each byte to (byte - 127.5) / 127.5 in float32: 0 becomes -1, 255 becomes 1', () => {
    const data = dataset(allBytes, [256, 1]);
    const batch = data.gather(allBytes);
    expect(batch.shape).toEqual([256, 1]);
    batch.data.forEach((value, byte) => {
      expect(value, `byte ${byte}`).toBe(Math.fround((byte - 127.5) / 127.5));
    });
    expect(batch.data[0]).toBe(-1);
    expect(batch.data[255]).toBe(1);
  });

  it('gathers items in the order of the indices, repetitions included', () => {
    const bytes = Uint8Array.from({ length: 5 * 6 }, (_, i) => i * 8);
    const data = dataset(bytes, [5, 2, 3]);
    expect(data.count).toBe(5);
    expect(data.itemShape).toEqual([2, 3]);
    const batch = data.gather([4, 0, 4]);
    expect(batch.shape).toEqual([3, 2, 3]);
    const item = (n: number): number[] =>
      Array.from(bytes.subarray(6 * n, 6 * n + 6), (byte) => Math.fround((byte - 127.5) / 127.5));
    expect(Array.from(batch.data)).toEqual([...item(4), ...item(0), ...item(4)]);
  });

  it('accepts arrays and typed arrays of indices, and an empty list', () => {
    const data = dataset(allBytes, [64, 4]);
    for (const indices of [[1, 2], Int32Array.of(1, 2), Float64Array.of(1, 2), { length: 2, 0: 1, 1: 2 }]) {
      expect(data.gather(indices).shape).toEqual([2, 4]);
    }
    expect(data.gather([]).shape).toEqual([0, 4]);
    expect(data.gather([]).size).toBe(0);
  });

  it('copies the bytes once and takes a quarter of the memory of floats', () => {
    const runtime = createEmptyRuntime();
    const bytes = new Uint8Array(4000).fill(255);
    const data = withRuntime(runtime, () => dataset(bytes, [4, 1000]));
    expect(runtime.heap.usage().usedBytes).toBeLessThanOrEqual(4000 + 64);
    bytes.fill(0);
    expect(withRuntime(runtime, () => data.gather([3]).data[999])).toBe(1);
  });

  it('works if the memory grows after it was made', () => {
    const data = dataset(allBytes, [256]);
    heap().growNow();
    expect(Array.from(data.gather([0, 255]).data)).toEqual([-1, 1]);
    expect(data.itemShape).toEqual([]);
  });

  it('outlives the scope it was made in, while its batches do not', () => {
    const data = scope(() => dataset(allBytes, [256, 1]));
    let lost: ReturnType<typeof data.gather> | undefined;
    scope(() => {
      lost = data.gather([1]);
    });
    expect(() => lost!.data).toThrow(RuntimeError);
    expect(data.gather([255]).item()).toBe(1);
  });

  it('frees all memory of a batch, and its own when it is garbage-collected', async () => {
    const runtime = createEmptyRuntime();
    withRuntime(runtime, () => {
      const data = dataset(allBytes, [64, 4]);
      const before = runtime.heap.usage().blocks;
      for (let i = 0; i < 10; i++) data.gather([1, 2, 3]).dispose();
      expect(runtime.heap.usage().blocks).toBe(before);
    });
    expect(await collectUntil(() => runtime.heap.usage().blocks === 0)).toBe(true);
  });

  it('keeps its bytes as long as it is referenced', async () => {
    const runtime = createEmptyRuntime();
    const data = withRuntime(runtime, () => dataset(allBytes, [256]));
    await collectAll();
    expect(runtime.heap.usage().blocks).toBe(1);
    expect(withRuntime(runtime, () => data.gather([255]).data[0])).toBe(1);
  });
});

describe('tensorDataset', () => {
  it('uses the values unchanged', () => {
    const data = tensorDataset(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    expect([data.count, data.itemShape]).toEqual([3, [2]]);
    expect(data.gather([2, 0, 2]).toArray()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(data.gather([]).shape).toEqual([0, 2]);
  });

  it('throws if its tensor was freed', () => {
    const images = tensor([[1, 2]]);
    const data = tensorDataset(images);
    images.dispose();
    expect(() => data.gather([0])).toThrow(RuntimeError);
  });
});
