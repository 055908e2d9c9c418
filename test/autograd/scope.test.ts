import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, type Variable, variable, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError } from '../../src/core/errors.ts';
import { heap, withRuntime } from '../../src/kernels/runtime.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { collectAll, createEmptyRuntime } from '../support/collect-garbage.ts';
import { thrownBy } from '../support/thrown.ts';

const blocks = (): number => heap().usage().blocks;

describe('scope', () => {
  it('frees all tensors made inside except those it returns', () => {
    const before = blocks();
    const kept = scope(() => {
      const a = tensor([1, 2]);
      const b = add(a, 1);
      return mul(b, b);
    });
    expect(blocks()).toBe(before + 1);
    expect(Array.from(kept.data)).toEqual([4, 9]);
    kept.dispose();
    expect(blocks()).toBe(before);
  });

  it.each([
    ['an array', (t: Tensor) => [t]],
    ['a plain object', (t: Tensor) => ({ deep: { er: [t] } })],
    ['an object without prototype', (t: Tensor) => Object.assign(Object.create(null), { t })],
    ['a Map', (t: Tensor) => new Map([['t', t]])],
    ['a Set', (t: Tensor) => new Set([t])],
    ['a value that holds itself', (t: Tensor) => Object.assign([t] as unknown[], { self: null }).concat([[t]])],
  ])('finds tensors in %s', (_, wrap) => {
    let inside: Tensor | undefined;
    scope(() => {
      inside = tensor([5]);
      return wrap(inside);
    });
    expect(inside!.item()).toBe(5);
    inside!.dispose();
  });

  it('ends on cycles', () => {
    const cycle: { t?: Tensor; self?: object } = {};
    cycle.self = cycle;
    scope(() => {
      cycle.t = tensor([1]);
      return cycle;
    });
    expect(cycle.t!.item()).toBe(1);
  });

  it('keeps the block when a view of it is returned', () => {
    const view = scope(() => reshape(tensor([1, 2, 3, 4]), [2, 2]));
    expect(view.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('leaves tensors from outside alone, returned or not', () => {
    const outside = tensor([1]);
    scope(() => outside);
    scope(() => add(outside, 1));
    expect(outside.item()).toBe(1);
  });

  it('nests: what an inner scope returns belongs to the outer', () => {
    let inner: Tensor | undefined;
    const before = blocks();
    scope(() => {
      inner = scope(() => add(tensor([1]), 1));
      expect(blocks()).toBe(before + 1);
      expect(inner.item()).toBe(2);
    });
    expect(blocks()).toBe(before);
    expect(() => inner!.data).toThrow(RuntimeError);
  });

  it('frees all tensors when fn throws, and rethrows the error', () => {
    const before = blocks();
    expect(() =>
      scope(() => {
        zeros([100]);
        scope(() => zeros([10]));
        throw new RangeError('inside');
      }),
    ).toThrow(RangeError);
    expect(blocks()).toBe(before);
    expect(scope(() => tensor([1])).item()).toBe(1);
  });

  it('does not free variables', () => {
    let w: Variable | undefined;
    scope(() => {
      w = variable(tensor([1, 2]));
      scope(() => {
        w = variable(add(w!, 1));
      });
    });
    expect(Array.from(w!.data)).toEqual([2, 3]);
  });

  it('passes through values that are no tensors', () => {
    expect(scope(() => 5)).toBe(5);
    expect(scope(() => undefined)).toBeUndefined();
    expect(scope(() => null)).toBeNull();
  });

  it('refuses an async function, frees its tensors, and swallows its late rejection', () => {
    const before = blocks();
    const error = thrownBy(ArgumentError, () =>
      scope(async () => {
        zeros([5]);
        throw new Error('late');
      }),
    );
    expect(error.message).toMatch(/^scope: fn must be synchronous; got a Promise/);
    expect(blocks()).toBe(before);
  });
});

describe('the error of a freed tensor', () => {
  it("names the scope, by its name or the function's", () => {
    let lost: Tensor | undefined;
    function trainStep(): void {
      lost = tensor([1]);
    }
    scope(trainStep);
    expect(thrownBy(RuntimeError, () => lost!.data).message).toMatch(
      /^tensor: it was freed by scope "trainStep" #\d+\. Return it from the scope/,
    );
    scope(() => {
      lost = tensor([1]);
    }, 'epoch');
    expect(thrownBy(RuntimeError, () => lost!.item()).message).toMatch(/freed by scope "epoch" #\d+/);
    expect(() => lost!.toArray()).toThrow(RuntimeError);
    expect(() => lost!.address).toThrow(RuntimeError);
    expect(() => add(lost!, 1)).toThrow(/^add: a: tensor: it was freed by scope "epoch"/);
    expect(() => variable(lost!)).toThrow(/^variable: value: /);
  });
});

describe('disposal inside a scope', () => {
  it('frees once only, whether the tensor is returned or not', async () => {
    const runtime = createEmptyRuntime();
    withRuntime(runtime, () => {
      scope(() => {
        const a = zeros([40]);
        a.dispose();
        a.dispose();
        const b = zeros([40]);
        b.dispose();
        // Both blocks are free; one is in use again.
        zeros([40]);
        return b;
      });
    });
    // A second free, now or by the collector, would give one block to two tensors.
    expect(runtime.heap.usage().blocks).toBe(0);
    await collectAll();
    expect(runtime.heap.usage().blocks).toBe(0);
    const addresses = withRuntime(runtime, () => [zeros([40]), zeros([40]), zeros([40])].map((one) => one.address));
    expect(new Set(addresses).size).toBe(3);
  });
});
