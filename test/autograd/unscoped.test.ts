/**
 * Tensors outside scopes in synchronous code, where finalisers do not run: old blocks leave the heap, the engine
 * collects those that are garbage, and those in use come back when they are needed.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { full, Tensor, tensor, variable, zeros } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { adam, createRandom, layers, mean, sequential, square, sub } from '../../src/index.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { type Runtime, withRuntime } from '../../src/kernels/runtime.ts';
import { add } from '../../src/ops/arithmetic.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { createFloat64Runtime, valuesOf } from '../support/float64.ts';
import { portableSet } from '../support/kernel-sets.ts';
import { thrownBy } from '../support/thrown.ts';

const MIB = 2 ** 20;

/** A heap that evicts blocks when half of its limit is used. */
function createSmallRuntime(limitBytes: number): Runtime {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 4096, shared: true });
  const heap = new Heap({ memory, limitBytes });
  return { heap, kernels: portableSet(heap).set };
}

/** Garbage of `bytes` in blocks of 4 KiB, made without a pause. */
function makeGarbage(bytes: number): void {
  for (let made = 0; made < bytes; made += 4096) new Tensor([1024]).storage.values()[0] = 1;
}

describe('a loop without scope or pause', () => {
  it('makes 1 GiB of tensors in a heap of 16 MiB, and the process grows by less than 300 MB', () => {
    const { heap, kernels } = createSmallRuntime(16 * MIB);
    const before = process.memoryUsage().rss;
    withRuntime({ heap, kernels }, () => makeGarbage(1024 * MIB));
    expect(heap.usage().capacityBytes).toBeLessThanOrEqual(16 * MIB);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });

  it('counts small tensors by what their objects take, not by their few bytes', () => {
    const { heap, kernels } = createSmallRuntime(16 * MIB);
    withRuntime({ heap, kernels }, () => {
      for (let i = 0; i < 100_000; i++) new Tensor([]);
    });
    expect(heap.usage().blocks).toBeLessThan(8192);
  });

  it('trains to the same bits as in scopes', () => {
    const losses = (wrap: (step: () => number) => number, runtime: Runtime): readonly number[] =>
      withRuntime(runtime, () => {
        const random = createRandom(5);
        const hidden = layers.dense({ units: 64, activation: 'relu', inputShape: [16] });
        const model = sequential([hidden, layers.batchNormalization(), layers.dense({ units: 1 })], { random });
        const optimizer = adam({ learningRate: 0.01 });
        const [x, y] = [random.normal([32, 16]), random.normal([32, 1])];
        const step = (): number => {
          const loss = mean(square(sub(model.call(x, { training: true }), y)));
          optimizer.apply(model.trainableWeights, gradients(loss, model.trainableWeights));
          return loss.item();
        };
        return Array.from({ length: 200 }, () => wrap(step));
      });
    const small = createSmallRuntime(2 * MIB);
    const free = losses((step) => step(), small);
    expect(free).toEqual(losses((step) => scope(step), createSmallRuntime(64 * MIB)));
    expect(small.heap.usage().capacityBytes).toBeLessThanOrEqual(2 * MIB);
  });

  it('with results that escape from scopes is bounded too', () => {
    const { heap, kernels } = createSmallRuntime(16 * MIB);
    withRuntime({ heap, kernels }, () => {
      for (let i = 0; i < 20_000; i++) scope(() => add(zeros([1024]), 1));
    });
    expect(heap.usage().capacityBytes).toBeLessThanOrEqual(16 * MIB);
  });

  it('of large tensors, which are not evicted for crowding, gets room at the limit', () => {
    const { heap, kernels } = createSmallRuntime(200 * MIB);
    withRuntime({ heap, kernels }, () => {
      const kept = full([18 * MIB], 3);
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 100; j++) add(1, 1);
        new Tensor([18 * MIB]);
      }
      expect(kept.storage.view().at(-1)).toBe(3);
    });
  });
});

describe('an evicted tensor', () => {
  const evicted = <T>(make: () => T, use: (made: T) => void): void => {
    const runtime = createSmallRuntime(4 * MIB);
    withRuntime(runtime, () => {
      const made = make();
      makeGarbage(8 * MIB);
      use(made);
    });
  };

  it('has its values for item, toArray, data and operations, again and again', () => {
    evicted(
      () => tensor([1, 2, 3]),
      (x) => {
        for (let turn = 0; turn < 3; turn++) {
          expect(x.toArray()).toEqual([1, 2, 3]);
          expect(add(x, turn).toArray()).toEqual([1 + turn, 2 + turn, 3 + turn]);
          makeGarbage(8 * MIB);
        }
        const { data } = x;
        expect(Array.from(data)).toEqual([1, 2, 3]);
        data[0] = 7;
        makeGarbage(8 * MIB);
        expect(add(x, 0).toArray()).toEqual([7, 2, 3]);
        makeGarbage(8 * MIB);
        expect(x.data).toBe(data);
        data[1] = 8;
        expect(x.toArray()).toEqual([7, 8, 3]);
        expect(add(x, 0).toArray()).toEqual([7, 8, 3]);
      },
    );
  });

  it('makes room for others: 10 MiB of tensors that are in use take turns in a heap of 4 MiB', () => {
    withRuntime(createSmallRuntime(4 * MIB), () => {
      const kept = Array.from({ length: 20 }, (_, i) => {
        makeGarbage(MIB);
        return full([MIB / 8], i);
      });
      for (let turn = 0; turn < 2; turn++) {
        kept.forEach((one, i) => {
          makeGarbage(MIB);
          expect(add(one, 1).storage.view().at(-1)).toBe(i + 1);
        });
      }
    });
  });

  it('of a recorded pass gives the gradients', () => {
    evicted(
      () => {
        const w = variable(full([1000], 2));
        return { w, loss: mean(square(add(w, 1))) };
      },
      ({ w, loss }) => {
        const [gradient] = gradients(loss, [w]);
        expect(new Set(gradient!.data)).toEqual(new Set([Math.fround(6 / 1000)]));
      },
    );
  });

  it('that was written to after a recorded pass is refused by the gradients of that pass', () => {
    evicted(
      () => {
        const w = variable(tensor([1, 2]), 'w');
        const { data } = w;
        return { w, data, loss: mean(square(w)) };
      },
      ({ w, data, loss }) => {
        data[0] = 9;
        expect(thrownBy(RuntimeError, () => gradients(loss, [w])).message).toMatch(/the variable "w" was changed/);
      },
    );
  });

  it('is assigned to, and follows an optimizer', () => {
    evicted(
      () => variable(tensor([1, 2])),
      (w) => {
        w.assign([3, 4]);
        expect(w.toArray()).toEqual([3, 4]);
        makeGarbage(8 * MIB);
        adam({ learningRate: 1 }).apply([w], [tensor([1, 1])]);
        expect(w.data[0]).toBeCloseTo(2, 5);
      },
    );
  });

  it('is freed once, evicted or back in the heap, by dispose() or the collector', async () => {
    const runtime = createSmallRuntime(4 * MIB);
    withRuntime(runtime, () => {
      const [a, b, c, d] = [full([100], 1), full([100], 2), full([100], 3), full([100], 4)];
      makeGarbage(8 * MIB);
      a.dispose();
      add(b, 1);
      b.dispose();
      add(c, 1);
      expect(() => a.data).toThrow(/freed by dispose/);
      expect(() => a.address).toThrow(/freed by dispose/);
      expect(d.data[0]).toBe(4);
    });
    expect(await collectUntil(() => runtime.heap.usage().blocks === 0)).toBe(true);
    expect(runtime.heap.usage()).toMatchObject({ blocks: 0, usedBytes: 0 });
    const addresses = withRuntime(runtime, () => Array.from({ length: 6 }, () => zeros([100]).address));
    expect(new Set(addresses).size).toBe(6);
  });

  it('keeps doubles in a heap of doubles', () => {
    const runtime = createFloat64Runtime();
    runtime.heap.limitBytes = 8 * MIB;
    withRuntime(runtime, () => {
      const x = tensor([0.1, 0.2]);
      for (let i = 0; i < 8000; i++) new Tensor([512]).storage.values()[0] = 1;
      expect(Array.from(valuesOf(x))).toEqual([0.1, 0.2]);
    });
  });
});

it('a request that cannot fit in any case is refused, and nothing is evicted for it', () => {
  const { heap, kernels } = createSmallRuntime(4 * MIB);
  withRuntime({ heap, kernels }, () => {
    const kept = Array.from({ length: 100 }, () => full([100], 1));
    const { blocks } = heap.usage();
    expect(() => new Tensor([2 * MIB])).toThrow(RuntimeError);
    expect(heap.usage().blocks).toBe(blocks);
    expect(kept.every((one) => one.toArray())).toBe(true);
  });
});

it('a heap that only scopes fill is refused at its limit as before', () => {
  withRuntime(createSmallRuntime(4 * MIB), () => {
    const error = thrownBy(RuntimeError, () => scope(() => Array.from({ length: 100 }, () => new Tensor([65_536]))));
    expect(error.message).toMatch(/^memory: \d+ bytes are needed/);
  });
});
