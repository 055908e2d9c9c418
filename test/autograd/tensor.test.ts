import { describe, expect, it } from 'vitest';
import { full, ones, scalar, Tensor, tensor, Variable, variable, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

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

  it.each(['5', null, undefined, {}, [1, '2'], [null], new BigInt64Array(2), true, [[1], [2n]], new Array(3)])(
    'refuses %o',
    (values) => {
      const error = thrownBy(ArgumentError, () => tensor(wrong(values)));
      expect(error.message).toMatch(
        /^tensor: values must be a number, nested arrays of numbers or a typed array; got /,
      );
    },
  );

  it('refuses lists with holes', () => {
    const hole: number[] = [];
    hole[1] = 2;
    for (const values of [hole, [[1, 2], hole], [hole, hole]]) {
      expect(thrownBy(ArgumentError, () => tensor(values)).message).toMatch(
        /^tensor: values must be .*; got undefined$/,
      );
    }
  });

  it('refuses ragged nesting and shapes that do not fit', () => {
    expect(thrownBy(ShapeError, () => tensor([[1, 2], [3]])).message).toBe(
      'tensor: nested arrays must be rectangular; a part of shape [2] stands beside one of shape [1]',
    );
    expect(() => tensor(wrong([[1], 2]))).toThrow(ShapeError);
    expect(() => tensor([[], [1]])).toThrow(ShapeError);
    expect(thrownBy(ShapeError, () => tensor([1, 2, 3], [2])).message).toBe(
      'tensor: 3 values do not fill shape [2], which has 2 elements',
    );
    expect(() => tensor([1], [-1])).toThrow(ArgumentError);
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

  it('refuses other shapes and kinds, and stays as it was', () => {
    const v = variable(tensor([[1, 2]]), 'kernel');
    expect(thrownBy(ShapeError, () => v.assign(tensor([1, 2]))).message).toBe(
      'assign: kernel has shape [1, 2]; got [2]',
    );
    expect(thrownBy(ShapeError, () => variable(tensor([1])).assign([1, 2])).message).toBe(
      'assign: the variable has shape [1]; got [1, 2]',
    );
    for (const values of [[1], [1, 2, 3], '12', null, undefined, 5, [[1, 2]], new BigInt64Array(2)]) {
      expect(() => v.assign(wrong(values)), String(values)).toThrow(ShapeError);
    }
    // A hole, or an item that is not a number, would become NaN.
    const hole: number[] = [];
    hole[1] = 2;
    for (const [values, got] of [
      [hole, 'values[0] must be a number; got undefined'],
      [[1, undefined], 'values[1] must be a number; got undefined'],
      [[1, null], 'values[1] must be a number; got null'],
      [['1', '2'], 'values[0] must be a number; got "1"'],
      [[1, [2]], 'values[1] must be a number; got [2]'],
      [[1n, 2n], 'values[0] must be a number; got 1n'],
    ] as const) {
      expect(thrownBy(ArgumentError, () => v.assign(wrong(values))).message).toBe(`assign: ${got}`);
    }
    expect(v.toArray()).toEqual([[1, 2]]);
    expect(v.version).toBe(0);
    const freed = tensor([[1, 2]]);
    freed.dispose();
    expect(() => v.assign(freed)).toThrow(RuntimeError);
  });
});
