import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/core/errors.ts';
import {
  broadcastShapes,
  checkAxes,
  checkAxis,
  checkShape,
  formatShape,
  MAX_RANK,
  MAX_SIZE,
  sameShape,
  sizeOf,
  stridesOf,
} from '../../src/core/shape.ts';

describe('sizeOf, sameShape, formatShape, stridesOf', () => {
  it('count, compare, print', () => {
    expect([sizeOf([]), sizeOf([0]), sizeOf([0, 3]), sizeOf([2, 3, 5])]).toEqual([1, 0, 0, 30]);
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([1], [])).toBe(false);
    expect(formatShape([2, 3])).toBe('[2, 3]');
    expect(formatShape([])).toBe('[]');
  });

  it('strides are row-major', () => {
    expect(stridesOf([])).toEqual([]);
    expect(stridesOf([7])).toEqual([1]);
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  });
});

describe('checkShape', () => {
  it('copies and freezes', () => {
    const given = [2, 0, 3];
    const shape = checkShape('f', 'shape', given);
    given[0] = 9;
    expect(shape).toEqual([2, 0, 3]);
    expect(Object.isFrozen(shape)).toBe(true);
  });

  it.each([
    undefined,
    null,
    3,
    '23',
    { length: 1 },
    [1.5],
    [-1],
    [NaN],
    ['2'],
    [2 ** 53],
    [Infinity],
    new Array(1),
    [[2]],
  ])('refuses %o', (value) => {
    expect(() => checkShape('f', 'shape', value)).toThrow(ArgumentError);
    expect(() => checkShape('f', 'shape', value)).toThrow(/^f: shape must be a shape/);
  });

  it('refuses more elements than fit, also where the product overflows', () => {
    expect(checkShape('f', 'shape', [MAX_SIZE])).toEqual([MAX_SIZE]);
    expect(() => checkShape('f', 'shape', [2 ** 30])).toThrow(ShapeError);
    expect(() => checkShape('f', 'shape', new Array(50).fill(2 ** 52))).toThrow(ShapeError);
    expect(() => checkShape('f', 'shape', [...new Array(50).fill(2 ** 52), 0])).toThrow(ShapeError);
  });

  it.each([
    [[2 ** 32 - 1, 0], /has no elements, but its other dimensions multiply to 4294967295; at most 1073741823 fit/],
    [[0, 2 ** 40], /has no elements, but/],
    [[2 ** 20, 0, 2 ** 20], /has no elements, but/],
    [new Array(MAX_RANK + 1).fill(1), /has more than 64 dimensions/],
    [new Array(20_000).fill(1), /has more than 64 dimensions/],
    [new Array(2 ** 32 - 1).fill(1, 0, 100), /has more than 64 dimensions/],
  ])('refuses a shape whose loops would not end or whose rank is beyond NumPy (case %#)', (shape, says) => {
    expect(() => checkShape('f', 'shape', shape)).toThrow(ShapeError);
    expect(() => checkShape('f', 'shape', shape)).toThrow(says);
  });

  it('takes a dimension of 0 beside others that fit, and as many dimensions as NumPy', () => {
    expect(checkShape('f', 'shape', [0, MAX_SIZE, 0])).toEqual([0, MAX_SIZE, 0]);
    expect(checkShape('f', 'shape', new Array(MAX_RANK).fill(1))).toHaveLength(MAX_RANK);
  });
});

describe('checkAxis, checkAxes', () => {
  it('count from either end', () => {
    expect(checkAxis('f', 0, 3)).toBe(0);
    expect(checkAxis('f', -1, 3)).toBe(2);
    expect(checkAxis('f', -3, 3)).toBe(0);
    expect(checkAxes('f', undefined, 3)).toEqual([0, 1, 2]);
    expect(checkAxes('f', [-1, 0], 3)).toEqual([0, 2]);
    expect(checkAxes('f', 1, 3)).toEqual([1]);
    expect(checkAxes('f', [], 3)).toEqual([]);
  });

  it.each([3, -4, 0.5, NaN, '0', null])('refuse %o for rank 3', (axis) => {
    expect(() => checkAxis('f', axis, 3)).toThrow(/^f: axis must be a whole number from -3 to 2; got /);
    expect(() => checkAxes('f', [axis], 3)).toThrow(ArgumentError);
  });

  it('refuse any axis of a scalar, and repetitions under either name', () => {
    expect(() => checkAxis('f', 0, 0)).toThrow('f: axis must be absent, since a scalar has no axes; got 0');
    expect(() => checkAxes('f', [1, 1], 3)).toThrow(/without repetition/);
    expect(() => checkAxes('f', [2, -1], 3)).toThrow(/without repetition/);
  });
});

describe('broadcastShapes', () => {
  it.each([
    [[], [], []],
    [[2, 3], [], [2, 3]],
    [[], [0], [0]],
    [[1], [0], [0]],
    [[0], [1], [0]],
    [
      [3, 1],
      [1, 4],
      [3, 4],
    ],
    [[4], [3, 4], [3, 4]],
    [
      [5, 1, 3],
      [4, 1],
      [5, 4, 3],
    ],
    [[1, 1], [7], [1, 7]],
    [
      [2, 0, 1],
      [1, 5],
      [2, 0, 5],
    ],
  ])('%j and %j give %j', (a, b, expected) => {
    expect(broadcastShapes('f', a, b)).toEqual(expected);
    expect(broadcastShapes('f', b, a)).toEqual(expected);
  });

  it.each([
    [[2], [3]],
    [[0], [2]],
    [[2, 3], [2]],
    [
      [2, 3],
      [3, 2],
    ],
    [
      [4, 1, 3],
      [2, 1, 3],
    ],
  ])('%j and %j do not fit', (a, b) => {
    expect(() => broadcastShapes('add', a, b)).toThrow(ShapeError);
    expect(() => broadcastShapes('add', a, b)).toThrow(/^add: shapes \[.*\] and \[.*\] do not broadcast: \d meets \d/);
  });
});
