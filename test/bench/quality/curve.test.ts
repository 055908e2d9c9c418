import { describe, expect, test } from 'vitest';
import { type CurvePoint, curveCsv, curveSvg, distanceWithin } from '../../../bench/quality/curve.ts';

const point = (seed: number, seconds: number, frechetDistance: number): CurvePoint => {
  return {
    seed,
    epoch: seconds,
    step: 10 * seconds,
    seconds,
    frechetDistance,
    precision: 0.9,
    recall: 0.5,
    sharpness: 1,
  };
};
const points = [
  point(1, 10, 80),
  point(1, 20, 40),
  point(2, 11, 70),
  point(2, 22, 50),
  point(3, 9, 90),
  point(3, 19, 60),
];

describe('the curve', () => {
  test('within a time, each seed counts with its last evaluation until then; one without any leaves no median', () => {
    expect(distanceWithin(points, 15)).toBe(80);
    expect(distanceWithin(points, 20)).toBe(60);
    expect(distanceWithin(points, 100)).toBe(50);
    expect(distanceWithin(points, 9.5)).toBeUndefined();
    expect(distanceWithin([], 9)).toBeUndefined();
  });

  test('as CSV has a row for each point', () => {
    expect(curveCsv(points.slice(0, 1)).split('\n')).toEqual([
      'seed,epoch,step,seconds,frechetDistance,precision,recall,sharpness',
      '1,10,100,10,80,0.9,0.5,1',
    ]);
  });

  test('as SVG has a line for each seed and one for real digits', () => {
    const svg = curveSvg(points, 'title', 1.1);
    for (const seed of [1, 2, 3]) expect(svg).toContain(`>seed ${seed}</text>`);
    expect(svg).toContain('>real digits: 1.10</text>');
    expect(svg.match(/<circle /g)).toHaveLength(points.length);
  });
});
