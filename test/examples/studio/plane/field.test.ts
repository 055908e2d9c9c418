/** The discriminator's field and slopes. */
import { describe, expect, it } from 'vitest';
import { pointPair } from '../../../../examples/point-gan.ts';
import {
  discriminatorField,
  discriminatorSlopes,
  fieldPlaces,
  undecidedLogit,
} from '../../../../examples/studio/plane/field.ts';
import { EXTENT } from '../../../../examples/studio/plane/view.ts';
import { createRandom, layers, type Model, sequential, tensor } from '../../../../src/index.ts';

const { discriminator } = pointPair(2, 8, createRandom(5));

/** logit = 2 x - 3 y + 1 */
function linear(): Model {
  const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  model.weights[0]!.assign(tensor([[2], [-3]]));
  model.weights[1]!.assign(tensor([1]));
  return model;
}

describe('the field', () => {
  it('has the cells row by row from the top, their middles as places', () => {
    // Cells of width 2 EXTENT / 2 have their middles at EXTENT / 2 from the axes.
    const half = EXTENT / 2;
    const expected = [-half, half, half, half, -half, -half, half, -half];
    const places = fieldPlaces(2);
    expect(places.shape).toEqual([4, 2]);
    expected.forEach((value, i) => {
      expect(places.data[i]).toBeCloseTo(value, 6);
    });
  });

  it('is the sigmoid of what predict() gives at one place after the other, less the centre', () => {
    const side = 7;
    const places = fieldPlaces(side);
    const field = discriminatorField(discriminator, places, 0.3);
    for (let cell = 0; cell < side * side; cell++) {
      const [x, y] = places.data.subarray(2 * cell, 2 * cell + 2);
      const logit = discriminator.predict(tensor([[x!, y!]])).item() - 0.3;
      // A byte is 1 / 255 wide; rounding may fall to the other side of a half.
      expect(Math.abs(field[cell]! - 255 / (1 + Math.exp(-logit))), `cell ${cell}`).toBeLessThan(0.501);
    }
  });

  it('a loss that knows differences only is undecided half way between the means of both', () => {
    const real = tensor([
      [1, 0],
      [0, 0],
    ]); // Logits 3 and 1.
    const fake = tensor([[0, 1]]); // Logit -2.
    expect(undecidedLogit('relativistic', linear(), real, fake)).toBe(0);
    expect(undecidedLogit('wasserstein', linear(), real, tensor([[0, 0]]))).toBe(1.5);
    expect(undecidedLogit('nonSaturating', linear(), real, tensor([[0, 0]]))).toBe(0);
    expect(undecidedLogit('hinge', linear(), real, tensor([[0, 0]]))).toBe(0);
  });
});

it('the slopes are the gradients of the logit at each point', () => {
  expect([
    ...discriminatorSlopes(
      linear(),
      tensor([
        [0, 0],
        [0.5, -1],
      ]),
    ),
  ]).toEqual([2, -3, 2, -3]);
  const points = createRandom(1).uniform([5, 2], -1, 1);
  const slopes = discriminatorSlopes(discriminator, points);
  const step = 1e-2;
  for (let i = 0; i < 10; i++) {
    const logitAt = (shift: number): number => {
      const moved = Float32Array.from(points.data, (value, at) => (at === i ? value + shift : value));
      return discriminator.predict(tensor(moved, [5, 2])).data[i >> 1]!;
    };
    const numeric = (logitAt(step) - logitAt(-step)) / (2 * step);
    // The network is piecewise linear; a bend within the step would show as a larger difference. Seed 1 has none.
    expect(Math.abs(slopes[i]! - numeric), `seed 1, value ${i}`).toBeLessThan(1e-4);
  }
});
