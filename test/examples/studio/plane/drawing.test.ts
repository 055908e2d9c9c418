/** Points that the user draws. */
import { describe, expect, it } from 'vitest';
import {
  createDrawing,
  decodeDrawing,
  ERASER,
  encodeDrawing,
  MOST_POINTS,
} from '../../../../examples/studio/plane/drawing.ts';
import { LIMIT } from '../../../../examples/studio/plane/view.ts';
import { createRandom } from '../../../../src/index.ts';

const SEED = 9;

function seeded(): () => number {
  const random = createRandom(SEED);
  return () => random.uniform([1]).item();
}

const pairsOf = (points: Float32Array): [number, number][] =>
  Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i]!, points[2 * i + 1]!]);

describe('the pen', () => {
  it('leaves a dot of 16 points around its place', () => {
    const drawing = createDrawing(seeded());
    drawing.dot(0.5, -0.25);
    const points = pairsOf(drawing.points);
    expect(points).toHaveLength(16);
    // Six standard deviations of 0.025.
    for (const [x, y] of points) expect(Math.hypot(x - 0.5, y + 0.25), `seed ${SEED}`).toBeLessThan(0.15);
  });

  it('leaves a point for each 0.016 of its way, however short the movements are', () => {
    for (const parts of [1, 7, 160]) {
      const drawing = createDrawing(seeded());
      for (let i = 0; i < parts; i++) {
        drawing.stroke(-0.4 + (0.81 * i) / parts, 0.2, -0.4 + (0.81 * (i + 1)) / parts, 0.2);
      }
      const points = pairsOf(drawing.points);
      // 0.81 / 0.016 = 50.6
      expect(points, `${parts} parts`).toHaveLength(50);
      points.forEach(([x, y], i) => {
        const due = -0.4 + 0.016 * (i + 1);
        expect(Math.hypot(x - due, y - 0.2), `${parts} parts, point ${i}, seed ${SEED}`).toBeLessThan(0.15);
      });
    }
  });

  it('draws within the values that trainGan expects', () => {
    const drawing = createDrawing(seeded());
    for (let i = 0; i < 20; i++) drawing.dot(LIMIT, -LIMIT);
    expect(drawing.points.every((value) => Math.abs(value) <= LIMIT)).toBe(true);
    expect(drawing.points.some((value) => value === LIMIT)).toBe(true);
  });

  it('keeps the newest points', () => {
    const drawing = createDrawing(seeded());
    drawing.replace(new Float32Array(2 * MOST_POINTS + 10));
    expect(drawing.points).toHaveLength(2 * MOST_POINTS);
    drawing.dot(0.9, 0.9);
    expect(drawing.points).toHaveLength(2 * MOST_POINTS);
    const isNew = pairsOf(drawing.points).map(([x]) => x > 0.5);
    expect(isNew.indexOf(true)).toBe(MOST_POINTS - 16);
    expect(isNew.filter(Boolean)).toHaveLength(16);
  });

  it('a movement of no length leaves nothing', () => {
    const drawing = createDrawing(seeded());
    drawing.stroke(0.1, 0.1, 0.1, 0.1);
    expect(drawing.points).toHaveLength(0);
  });
});

it('the eraser takes the points within its reach, and no others', () => {
  const drawing = createDrawing(seeded());
  drawing.replace(Float32Array.of(0, 0, 0.99 * ERASER, 0, 0, 1.01 * ERASER, 0.5, 0));
  drawing.erase(0, 0);
  const left = drawing.points;
  expect(left).toEqual(Float32Array.of(0, 1.01 * ERASER, 0.5, 0));
});

describe('a drawing as text', () => {
  it('is read as it was, to half of a 255th of the range', () => {
    const points = createRandom(SEED).uniform([MOST_POINTS, 2], -LIMIT, LIMIT).data;
    const text = encodeDrawing(points);
    expect(text).toMatch(/^[\w-]+$/);
    const read = decodeDrawing(text)!;
    expect(read).toHaveLength(points.length);
    const worst = Math.max(...points.map((value, i) => Math.abs(value - read[i]!)));
    // Half a step of 2 / 255, and rounding.
    expect(worst, `seed ${SEED}`).toBeLessThan(LIMIT / 255 + 1e-6);
    expect(encodeDrawing(read)).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['another letter', 'AA AA'],
    ['a length that no base64 has', 'AAAAA'],
    ['an odd number of bytes', 'AAAA'],
    ['more points than stay', encodeDrawing(new Float32Array(2 * MOST_POINTS + 2))],
  ])('%s is none', (_, text) => {
    expect(decodeDrawing(text)).toBeUndefined();
  });
});
