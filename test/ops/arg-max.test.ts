import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/autograd/tensor.ts';
import { argMaxRows } from '../../src/ops/internal/arg-max.ts';

describe('argMaxRows', () => {
  it('gives the index of the largest value of each row, the first one if several are equal', () => {
    const matrix = tensor([
      [0, 5, -1],
      [-3, -2, -1],
      [1, 1, 1],
      [-9, 0, 0],
      [-0, 0, -1],
    ]);
    expect([...argMaxRows(matrix)]).toEqual([1, 2, 0, 1, 0]);
  });

  it('gives 0 for a single column and an empty list for no rows', () => {
    expect([...argMaxRows(tensor([[3], [4]]))]).toEqual([0, 0]);
    expect(argMaxRows(tensor(new Float32Array(0), [0, 4])).length).toBe(0);
  });
});
