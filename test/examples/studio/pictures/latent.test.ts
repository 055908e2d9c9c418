/** Directions of the latent space, and pictures from points of it. */
import { describe, expect, it } from 'vitest';
import { DIRECTIONS, directionsOf, drawPictures } from '../../../../examples/studio/pictures/latent.ts';
import { compactGenerator, conditionalGenerator, createRandom, interpolate, tensor } from '../../../../src/index.ts';

const generator = compactGenerator();
const LATENT = 100;

/** |n K|^2 for the kernel K of the first layer. */
function effect(direction: Float64Array): number {
  const kernel = generator.namedWeights.get('0.kernel')!;
  const [rows = 0, columns = 0] = kernel.shape;
  const { data } = kernel;
  let total = 0;
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += direction[row]! * data[row * columns + column]!;
    total += sum * sum;
  }
  return total;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('directionsOf', () => {
  const directions = directionsOf(generator, LATENT, []);

  it('are orthogonal unit vectors', () => {
    expect(directions).toHaveLength(DIRECTIONS);
    directions.forEach((a, i) => {
      directions.forEach((b, k) => {
        // Float64, and sums of 100 products.
        expect(dot(a, b)).toBeCloseTo(i === k ? 1 : 0, 10);
      });
    });
  });

  it('change the first layer more than random directions do', () => {
    const random = createRandom(3);
    for (let i = 0; i < 20; i++) {
      const values = Float64Array.from(random.normal([LATENT]).data);
      const length = Math.sqrt(dot(values, values));
      const other = effect(values.map((value) => value / length));
      for (const direction of directions) expect(effect(direction), `seed 3, vector ${i}`).toBeGreaterThan(other);
    }
  });

  it('stay where they are when they are computed again from themselves', () => {
    const again = directionsOf(generator, LATENT, directions);
    // The eigenvalues of random weights are close together, so a power iteration goes on turning slowly.
    again.forEach((direction, i) => {
      expect(dot(direction, directions[i]!)).toBeGreaterThan(0.8);
    });
  });
});

describe('drawPictures', () => {
  const draw = { id: 1, seeds: [5, 6], steps: 5, shifts: [], labels: [] };
  const noise = (seed: number): number[] => [...createRandom(seed).normal([LATENT]).data];

  it('walks from the noise of one seed to that of the other', () => {
    const both = tensor([noise(5), noise(6)]);
    const expected = interpolate(generator, both, { steps: 5 });
    const drawn = drawPictures(generator, LATENT, draw, []);
    expect(drawn.shape).toEqual([5, 28, 28, 1]);
    expect(drawn.data).toEqual(expected.data);
  });

  it('moves along the directions', () => {
    const direction = Float64Array.from({ length: LATENT }, (_, k) => (k === 4 ? 1 : 0));
    const moved = noise(5);
    moved[4]! += 2.5;
    const drawn = drawPictures(generator, LATENT, { ...draw, seeds: [5], steps: 1, shifts: [2.5] }, [direction]);
    expect(drawn.data).toEqual(generator.predict(tensor([moved])).data);
  });

  it('asks a conditional generator for a class', () => {
    const conditional = conditionalGenerator();
    const one = (label: number): Float32Array =>
      drawPictures(conditional, LATENT, { ...draw, seeds: [5], steps: 1, labels: [label] }, []).data;
    expect(one(3)).not.toEqual(one(4));
    expect(one(3)).toEqual(one(3));
  });
});
