/**
 * tensor.data is an array outside the heap. It stays valid as long as anybody references any view of it, and it is kept
 * in step with the tensor.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, variable, zeros } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { heap, withRuntime } from '../../src/kernels/runtime.ts';
import { batchNormalization } from '../../src/nn/layers/batch-normalization.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { square } from '../../src/ops/unary.ts';
import { adam } from '../../src/optim/adam.ts';
import { keepViews } from '../engines/views.mjs';
import { collectAll, collectUntil, createEmptyRuntime, gc } from '../support/collect-garbage.ts';
import { createFloat64Runtime } from '../support/float64.ts';
import { thrownBy } from '../support/thrown.ts';

/** Allocates blocks of `size` floats filled with sevens, so that freed blocks are overwritten. */
function overwriteFreed(size: number): void {
  for (let i = 0; i < 50; i++) ganvas.full([size], 7);
}

describe('a kept view holds its values', () => {
  it('after further predictions, collections, disposals and growth: 1,000 views of every kind', async () => {
    const { kept, foreign, kinds } = await keepViews(ganvas, { count: 1000, collect: gc });
    expect({ kept, foreign, kinds }).toEqual({ kept: 1000, foreign: 0, kinds: {} });
  });

  it.each<[string, (data: Float32Array) => ArrayBufferView]>([
    ['data itself', (data) => data],
    ['a subarray', (data) => data.subarray(8)],
    ['a Float32Array on its buffer', (data) => new Float32Array(data.buffer, data.byteOffset, 8)],
    ['a DataView', (data) => new DataView(data.buffer, data.byteOffset)],
  ])('after its tensor was collected: %s', async (_, viewOf) => {
    const runtime = createEmptyRuntime();
    const view = withRuntime(runtime, () => viewOf(ganvas.full([64], 5).data));
    expect(await collectUntil(() => runtime.heap.usage().blocks === 0)).toBe(true);
    withRuntime(runtime, () => overwriteFreed(64));
    expect(new Set(new Float32Array(view.buffer, view.byteOffset, view.byteLength / 4))).toEqual(new Set([5]));
  });

  it('after dispose(), and after the end of the scope', () => {
    const x = ganvas.full([64], 5);
    const disposed = x.data;
    x.dispose();
    const scoped = scope(() => ganvas.full([64], 6).data);
    overwriteFreed(64);
    expect([new Set(disposed), new Set(scoped)]).toEqual([new Set([5]), new Set([6])]);
    expect(() => x.data).toThrow(RuntimeError);
  });

  it('after the memory has grown, and is the same array then', () => {
    const x = tensor([1, 2, 3]);
    const before = x.data;
    heap().growNow();
    expect(x.data).toBe(before);
    before[0] = 5;
    expect(x.toArray()).toEqual([5, 2, 3]);
  });
});

describe('data has its own memory', () => {
  it('it is neither in the heap nor shared', () => {
    const { buffer, byteOffset, byteLength } = tensor([1, 2]).data;
    expect(buffer).toBeInstanceOf(ArrayBuffer);
    expect([byteOffset, byteLength, buffer.byteLength]).toEqual([0, 8, 8]);
    expect(zeros([0, 3]).data).toHaveLength(0);
  });

  it('may be transferred: the tensor keeps the values of its last operation and makes another array', () => {
    const x = tensor([1, 2, 3]);
    x.data[0] = 4;
    expect(add(x, 0).toArray()).toEqual([4, 2, 3]);
    const moved = structuredClone(x.data, { transfer: [x.data.buffer] });
    expect(Array.from(moved)).toEqual([4, 2, 3]);
    expect(Array.from(add(x, 1).data)).toEqual([5, 3, 4]);
    expect(Array.from(x.data)).toEqual([4, 2, 3]);
    const v = variable(tensor([1, 2]));
    structuredClone(v.data, { transfer: [v.data.buffer] });
    v.assign([3, 4]);
    expect(Array.from(v.data)).toEqual([3, 4]);
  });

  it('is made only on request: item(), toArray(), saving and metrics do not make it', () => {
    const model = ganvas.sequential([ganvas.layers.dense({ units: 3, inputShape: [2] })]);
    ganvas.encodeWeights({ model });
    const [kernel] = model.weights;
    kernel!.toArray();
    // What was made before is not there yet: an array made now shows what a kernel writes unseen.
    kernel!.storage.values().fill(9);
    expect(new Set(kernel!.data)).toEqual(new Set([9]));
  });

  it('is collected with its tensor: nothing else references it', async () => {
    let gone = false;
    const registry = new FinalizationRegistry(() => {
      gone = true;
    });
    registry.register(
      withRuntime(createEmptyRuntime(), () => tensor([1, 2, 3]).data.buffer),
      undefined,
    );
    expect(await collectUntil(() => gone)).toBe(true);
  });

  it('is a rounded copy in a float64 heap', () => {
    withRuntime(createFloat64Runtime(), () => {
      const x = tensor([0.1]);
      expect(x.data).toBeInstanceOf(Float32Array);
      expect(x.data[0]).toBe(Math.fround(0.1));
      expect(x.item()).toBe(0.1);
      const copy = variable(tensor([0])).assign(x);
      expect(copy.item()).toBe(0.1);
    });
  });
});

describe('data is live', () => {
  it('item, toArray, operations and files see what is written into it or into any view of it', () => {
    const x = tensor([1, 2]);
    expect(x.data).toBe(x.data);
    x.data[1] = 7;
    expect(x.toArray()).toEqual([1, 7]);
    expect(add(x, 1).toArray()).toEqual([2, 8]);
    x.data.subarray(1)[0] = 8;
    new DataView(x.data.buffer).setFloat32(0, -0, true);
    expect(mul(x, 2).toArray()).toEqual([-0, 16]);
    expect(reshape(x, [2, 1]).toArray()).toEqual([[-0], [8]]);
    expect(ganvas.decodeSafetensors(ganvas.encodeSafetensors({ x })).tensors['x']!.toArray()).toEqual([-0, 8]);
    expect(ganvas.tensorDataset(x).gather([1]).toArray()).toEqual([8]);
    expect(ganvas.scalar(5).data.fill(6)).toEqual(Float32Array.of(6));
  });

  it('the next operation sees what is written after an operation has run', () => {
    const x = tensor([1, 2]);
    const { data } = x;
    for (const value of [3, 4, -0, NaN]) {
      data[0] = value;
      expect(add(x, 0).toArray()).toEqual([value + 0, 2]);
    }
  });

  it('data of a variable shows the changes by optimizers, assign, moving statistics and weight averages', () => {
    const w = variable(tensor([1, 2]));
    const optimizer = adam({ learningRate: 0.5 });
    const { m, v } = optimizer.slots(w);
    const [weights, first, second] = [w.data, m.data, v.data];
    optimizer.apply([w], [tensor([1, -1])]);
    expect(Array.from(weights)).toEqual(w.toArray());
    expect(weights[0]).toBeCloseTo(0.5, 5);
    expect([first[0], second[0]]).toEqual([Math.fround(0.1), Math.fround(0.001)]);
    w.assign([5, 6]);
    expect(Array.from(weights)).toEqual([5, 6]);
    expect(w.data).toBe(weights);

    const layer = batchNormalization({ momentum: 0.5 }).build([1], ganvas.createRandom(1));
    const moving = layer.weights[2]!.data;
    layer.call(tensor([[2], [4]]), { training: true });
    expect(Array.from(moving)).toEqual([1.5]);
  });

  it('a late write to a variable through a temporary view is not lost', async () => {
    const w = variable(tensor([1, 2]));
    const holder: { data?: Float32Array } = { data: w.data };
    add(w, 1);
    await collectAll();
    holder.data!.fill(3);
    delete holder.data;
    await collectAll();
    expect(add(w, 1).toArray()).toEqual([4, 4]);
  });
});

describe('values written between a pass and its gradients', () => {
  const pass = (x: Tensor): { w: ganvas.Variable; loss: Tensor } => {
    const w = variable(tensor([2, 3]), 'w');
    return { w, loss: sum(square(mul(w, x))) };
  };

  it('are refused, of a constant and of a variable, whatever has read them meanwhile', () => {
    const x = tensor([1, 1]);
    const constant = pass(x);
    x.data[0] = 5;
    expect(thrownBy(RuntimeError, () => gradients(constant.loss, [constant.w])).message).toMatch(
      /^gradients: .* was changed after mul had used it\./,
    );
    const { w, loss } = pass(x);
    w.data[0] = 9;
    add(w, 1);
    expect(thrownBy(RuntimeError, () => gradients(loss, [w])).message).toMatch(
      /^gradients: the variable "w" was changed/,
    );
  });

  it('are no change if they are the same', () => {
    const x = tensor([1, 1]);
    const { w, loss } = pass(x);
    x.data[0] = 1;
    expect(gradients(loss, [w])[0]!.toArray()).toEqual([4, 6]);
  });
});
