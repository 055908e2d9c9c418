import { describe, expect, it } from 'vitest';
import { canShareMemory, createMemory } from '../../src/kernels/memory.ts';
import { heap, kernels, runtime, withRuntime } from '../../src/kernels/runtime.ts';
import { createFloat64Runtime } from '../support/float64.ts';

describe('the runtime', () => {
  it('is one for the whole program', () => {
    expect(runtime()).toBe(runtime());
    expect(heap()).toBe(runtime().heap);
    expect(kernels()).toBe(runtime().kernels);
  });

  it('withRuntime puts another in its place for one call, also when that throws', () => {
    const before = runtime();
    const other = createFloat64Runtime();
    expect(withRuntime(other, () => heap())).toBe(other.heap);
    expect(runtime()).toBe(before);
    expect(() =>
      withRuntime(other, () => {
        throw new RangeError('inside');
      }),
    ).toThrow('inside');
    expect(runtime()).toBe(before);
  });
});

describe('memory', () => {
  it('is shared where it can be', () => {
    expect(canShareMemory()).toBe(true);
    expect(createMemory().buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(createMemory(false).buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('is not shared in a page that is not isolated', () => {
    const scope = globalThis as { crossOriginIsolated?: boolean };
    scope.crossOriginIsolated = false;
    try {
      expect(canShareMemory()).toBe(false);
    } finally {
      delete scope.crossOriginIsolated;
    }
  });
});
