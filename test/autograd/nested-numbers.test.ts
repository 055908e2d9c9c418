/** Nested arrays of numbers: tensor() reads them, toArray() makes them, and too many are refused. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, add, concat, ShapeError, tensor, transpose, zeros } from '../../src/index.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

describe('tensor', () => {
  it.each([
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array],
    ...[Float64Array],
  ])('takes a %o, flat, with a shape or inside a list', (Kind) => {
    const values = Kind.of(1, 2, 3, 100);
    expect(tensor(values).toArray()).toEqual([1, 2, 3, 100]);
    expect(tensor(values, [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 100],
    ]);
    expect(tensor([values, values]).shape).toEqual([2, 4]);
    expect(tensor([values, [4, 5, 6, 7]]).toArray()).toEqual([
      [1, 2, 3, 100],
      [4, 5, 6, 7],
    ]);
  });

  it('rounds to float32', () => {
    expect(tensor(Float64Array.of(0.1)).item()).toBe(Math.fround(0.1));
    expect(tensor(Int32Array.of(2 ** 24 + 1)).item()).toBe(2 ** 24);
  });

  it('refuses 64-bit integers, and a typed array without memory', () => {
    expect(thrownBy(ArgumentError, () => tensor(wrong(BigInt64Array.of(1n)))).message).toContain('got a BigInt64Array');
    const gone = new Float64Array(2);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(thrownBy(ArgumentError, () => tensor(gone)).message).toContain('tensor: values has lost its memory');
  });
});

describe('toArray', () => {
  it.each([[[2 ** 30 - 1, 0]], [[2 ** 24 + 1, 0]], [[2 ** 13, 2 ** 12, 0, 5]]])(
    'of shape %j is refused, since its arrays would fill the memory',
    (shape) => {
      const start = performance.now();
      expect(thrownBy(ShapeError, () => zeros(shape).toArray()).message).toMatch(/^toArray: .* Use data\.$/);
      expect(performance.now() - start).toBeLessThan(100);
    },
  );

  it('of a few empty arrays is what it was', () => {
    expect(zeros([2, 0, 3]).toArray()).toEqual([[], []]);
    expect(zeros([0, 2 ** 29]).toArray()).toEqual([]);
  });
});

describe('shapes without elements', () => {
  it('do not grow beyond the limit by operations', () => {
    const [tall, wide] = [zeros([2 ** 29, 1, 0]), zeros([1, 2 ** 29, 0])];
    for (const grow of [() => add(tall, wide), () => concat([tall, tall, tall])]) {
      expect(thrownBy(ShapeError, grow).message).toMatch(/has no elements, but its other dimensions multiply to/);
    }
    expect(transpose(tall).shape).toEqual([0, 1, 2 ** 29]);
  });
});
