/** The distributions of the points in the studio. */
import { describe, expect, it } from 'vitest';
import { pointsOf } from '../../../../examples/studio/plane/distributions.ts';
import type { DistributionName } from '../../../../examples/studio/plane/settings.ts';
import { createRandom } from '../../../../src/index.ts';

const COUNT = 4000;
const SEED = 3;

function pairs(name: DistributionName): [number, number][] {
  const points = pointsOf(name, COUNT, createRandom(SEED));
  return Array.from({ length: COUNT }, (_, i) => [points[2 * i]!, points[2 * i + 1]!]);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const root = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));

describe.each(['ring', 'line', 'moons', 'spiral'] as const)('%s', (name) => {
  it('has as many points as asked for, within the values that trainGan expects, the same for the same seed', () => {
    const points = pointsOf(name, COUNT, createRandom(SEED));
    expect(points).toHaveLength(2 * COUNT);
    expect(points.every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(pointsOf(name, COUNT, createRandom(SEED))).toEqual(points);
    expect(pointsOf(name, COUNT, createRandom(SEED + 1))).not.toEqual(points);
  });
});

// Noise of standard deviation 0.03 in x and y; the standard deviation of 4,000 points has one of 1.1 % itself, so a
// tolerance of 4 % is 3.6 of those.
const close = (value: number, expected: number): void => expect(Math.abs(value / expected - 1)).toBeLessThan(0.04);

it('the line is y = x / 1.6 with noise across it, evenly filled', () => {
  const points = pairs('line');
  // The noise of y - x / 1.6 is that of y and 1 / 1.6 of that of x.
  close(root(points.map(([x, y]) => y - x / 1.6)), 0.03 * Math.hypot(1, 1 / 1.6));
  // A uniform distribution from -0.8 to 0.8 has the standard deviation 0.8 / sqrt 3.
  close(root(points.map(([x]) => x)), Math.hypot(0.8 / Math.sqrt(3), 0.03));
});

it('the moons are half circles of radius 0.5 around two middles, in turn', () => {
  const points = pairs('moons');
  const upper = points.filter((_, i) => i % 2 === 0);
  const lower = points.filter((_, i) => i % 2 === 1);
  // The radial part of noise in two directions has the standard deviation of one direction.
  close(root(upper.map(([x, y]) => Math.hypot(x + 0.25, y + 0.1) - 0.5)), 0.03);
  close(root(lower.map(([x, y]) => Math.hypot(x - 0.25, y - 0.1) - 0.5)), 0.03);
  expect(upper.every(([, y]) => y > -0.25)).toBe(true);
  expect(lower.every(([, y]) => y < 0.25)).toBe(true);
});

it('the radius of the spiral grows with its angle: 0.1 + 0.75 t at the angle 3 pi t', () => {
  for (const [x, y] of pairs('spiral')) {
    // The turn is the one that comes closest.
    const turns = [0, 1].map((turn) => ((Math.atan2(y, x) + 2 * Math.PI) % (2 * Math.PI)) + turn * 2 * Math.PI);
    const misses = turns.map((angle) => Math.abs(Math.hypot(x, y) - (0.1 + (0.75 * angle) / (3 * Math.PI))));
    // Near the middle, noise changes the angle much. 0.15 is five standard deviations.
    if (Math.hypot(x, y) > 0.25) expect(Math.min(...misses), `${x} ${y}`).toBeLessThan(0.15);
  }
});
