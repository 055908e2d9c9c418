import { describe, expect, it } from 'vitest';
import { full, ones, scalar, Tensor, tensor, Variable, variable, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import { thrownBy } from '../support/thrown.ts';

describe('tensor', () => {
  it.each([
    [5, [], 5],
    [[1, 2, 3], [3], [1, 2, 3]],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [[], [0], []],
    [
      [[], []],
      [2, 0],
      [[], []],
    ],
    [[[[7]]], [1, 1, 1], [[[7]]]],
  ])('takes the shape of nested arrays: %j', (values, shape, expected) => {
    const x = tensor(values);
    expect(x.shape).toEqual(shape);
    expect(x.toArray()).toEqual(expected);
    expect(x.rank).toBe(shape.length);
  });

  it('takes a flat list with a shape, and a Float32Array as a copy', () => {
    expect(tensor([1, 2, 3, 4, 5, 6], [2, 3]).toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const source = Float32Array.of(1, 2);
    const x = tensor(source);
    source[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    expect(tensor(7, [1, 1]).toArray()).toEqual([[7]]);
  });

  it('rounds to float32, and keeps NaN, infinity and -0', () => {
    expect(tensor(0.1).item()).toBe(Math.fround(0.1));
    expect(Array.from(tensor([NaN, Infinity, -0, 1e300]).data)).toEqual([NaN, Infinity, -0, Infinity]);
  });

  it('copies its shape and freezes it', () => {
    const shape = [2];
    const x = tensor([1, 2], shape);
    shape[0] = 3;
    expect(x.shape).toEqual([2]);
    expect(Object.isFrozen(x.shape)).toBe(true);
  });

  it('refuses lists with holes', () => {
    const hole: number[] = [];
    hole[1] = 2;
    for (const values of [hole, [[1, 2], hole], [hole, hole]]) {
      expect(thrownBy(ArgumentError, () => tensor(values)).message).toMatch(
        /^tensor: values must be .*; got undefined$/,
      );
    }
  });
});

describe('scalar, zeros, ones, full', () => {
  it('fill', () => {
    expect(scalar(3).shape).toEqual([]);
    expect(scalar(3).item()).toBe(3);
    expect(zeros([2, 2]).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ones([3]).toArray()).toEqual([1, 1, 1]);
    expect(full([2], NaN).toArray()).toEqual([NaN, NaN]);
    expect(zeros([0, 4]).size).toBe(0);
  });

  it('zeros clears a block that held something else', () => {
    const dirty = full([64], 9);
    dirty.dispose();
    expect(zeros([64]).data.every((value) => value === 0)).toBe(true);
  });
});

describe('item and toArray', () => {
  it('item takes any shape of one element', () => {
    expect(tensor([[4]]).item()).toBe(4);
    expect(thrownBy(ShapeError, () => tensor([1, 2]).item()).message).toBe(
      'item: the tensor must have exactly one element; got shape [2]. Use toArray() or data.',
    );
    expect(() => tensor([]).item()).toThrow(ShapeError);
  });

  it('toArray is a copy', () => {
    const x = tensor([1, 2]);
    const copy = x.toArray() as number[];
    copy[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
  });

  it('print the class and the shape', () => {
    expect(String(tensor([[1, 2]]))).toBe('Tensor([1, 2])');
    expect(String(variable(tensor(1)))).toBe('Variable([])');
  });
});

describe('dispose', () => {
  it('frees once, and every use afterwards is an error', () => {
    const x = tensor([1]);
    x.dispose();
    x.dispose();
    for (const touch of [() => x.data, () => x.item(), () => x.toArray(), () => x.address]) {
      expect(thrownBy(RuntimeError, touch).message).toMatch(/^tensor: it was freed by dispose\(\)/);
    }
    expect(x.shape).toEqual([1]);
  });
});

describe('variable', () => {
  it('takes over the block of its tensor', () => {
    const x = tensor([1, 2]);
    const v = variable(x, 'w');
    expect(v).toBeInstanceOf(Variable);
    expect(v).toBeInstanceOf(Tensor);
    expect([v.name, v.shape, v.address]).toEqual(['w', [2], x.address]);
    expect(variable(tensor(1)).name).toBe('');
  });

  it('assigns tensors, arrays and typed arrays of its shape, and counts the changes', () => {
    const v = variable(tensor([[1, 2]]));
    expect(v.assign(tensor([[3, 4]]))).toBe(v);
    expect(v.toArray()).toEqual([[3, 4]]);
    v.assign([5, 6]);
    v.assign(Float32Array.of(7, 8));
    expect(v.toArray()).toEqual([[7, 8]]);
    expect(v.version).toBe(3);
    v.assign(v);
    expect(v.toArray()).toEqual([[7, 8]]);
  });
});
