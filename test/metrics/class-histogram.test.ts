import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/autograd/tensor.ts';
import { classHistogram } from '../../src/metrics/class-histogram.ts';

describe('classHistogram', () => {
  it('counts class numbers, in a list or in bytes', () => {
    const expected = { counts: [1, 0, 3, 0], missing: 2, distanceFromUniform: (0 + 0.25 + 0.5 + 0.25) / 2 };
    expect(classHistogram([2, 2, 0, 2], { classes: 4 })).toEqual(expected);
    expect(classHistogram(Uint8Array.of(2, 2, 0, 2), { classes: 4 })).toEqual(expected);
  });

  it('counts the class of the largest logit, of equal ones the first', () => {
    const logits = tensor([
      [0, 5, -1],
      [-3, -2, -1],
      [1, 1, 1],
      [-9, 0, 0],
    ]);
    expect(classHistogram(logits)).toMatchObject({ counts: [1, 2, 1], missing: 0 });
    expect(classHistogram(logits, { classes: 3 }).distanceFromUniform).toBeCloseTo(1 / 6, 15);
  });

  it('has ten classes by default; the distance from uniform is 0 for equal counts, 0.9 for one class', () => {
    expect(classHistogram([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).distanceFromUniform).toBe(0);
    const one = classHistogram([7, 7, 7]);
    expect(one.missing).toBe(9);
    expect(one.distanceFromUniform).toBeCloseTo(0.9, 15);
  });
});
