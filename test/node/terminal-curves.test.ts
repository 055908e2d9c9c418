import { describe, expect, test } from 'vitest';
import { createSeries, curvePanel, sideBySide } from '../../src/node/terminal-curves.ts';

const seriesOf = (values: readonly number[], capacity = 1024): ReturnType<typeof createSeries> => {
  const series = createSeries(capacity);
  for (const value of values) series.add(value);
  return series;
};
const panelOf = (values: readonly number[], width: number, height: number): string[] =>
  curvePanel([{ name: 'loss', series: seriesOf(values) }], 'steps', width, height);
/** The plot without the axis, in which a character without dots is a space. */
const plotOf = (panel: readonly string[]): string[] =>
  panel
    .filter((line) => line.includes('\u2502'))
    .map((line) => line.replace(/^.*\u2502/, '').replaceAll('\u2800', ' '));

describe('createSeries', () => {
  test('keeps each value until they are too many, then the means of equal parts', () => {
    expect(seriesOf([1, 2, 3], 4).points()).toEqual([1, 2, 3]);
    expect(seriesOf([1, 3, 5, 7], 4).points()).toEqual([2, 6]);
    expect(seriesOf([1, 3, 5, 7, 9], 4).points()).toEqual([2, 6, 9]);
    expect(seriesOf([1, 3, 5, 7, 9, 11, 13, 15, 17], 4).points()).toEqual([4, 12, 17]);
  });

  test('never has more points than its capacity; the last value is as it was added', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i);
    const series = seriesOf(values, 64);
    expect(series.points().length).toBeLessThanOrEqual(64);
    expect(series.points().length).toBeGreaterThan(32);
    expect(series.last()).toBe(99_999);
  });
});

describe('curvePanel', () => {
  test('a rising line goes from the lower left to the upper right; the axis has both ends', () => {
    const panel = panelOf(
      Array.from({ length: 40 }, (_, i) => i),
      28,
      7,
    );
    expect(panel[0]).toBe('        loss 39.0000');
    expect(panel.at(-1)).toBe('        steps');
    expect(panel[1]).toMatch(/^ 39\.00 \u2502/);
    expect(panel[5]).toMatch(/^ 0\.000 \u2502/);
    const plot = plotOf(panel);
    expect(plot.length).toBe(5);
    // 40 columns of dots and 20 rows: each dot is one above or beside the last, so each line has the next 4 characters.
    expect(plot.map((line) => line.trimEnd().length - line.trim().length)).toEqual([16, 12, 8, 4, 0]);
  });

  test('a constant is a line in the middle, a jump a vertical one', () => {
    expect(plotOf(panelOf([2, 2, 2], 20, 5)).map((line) => line.trim().length)).toEqual([0, 12, 0]);
    const jump = plotOf(panelOf([0, 0, 0, 0, 1, 1, 1, 1], 20, 5));
    expect(jump.map((line) => line.trim().length)).toEqual([6, 1, 7]);
  });

  test('no curves without values, and no panel without room', () => {
    expect(plotOf(panelOf([], 40, 9))).toEqual([]);
    expect(panelOf([1, 2], 19, 9)).toEqual([]);
    expect(panelOf([1, 2], 40, 3)).toEqual([]);
  });

  test('every line fits, also with names that do not', () => {
    const curve = { name: 'a long name '.repeat(9), series: seriesOf([123456, -123456]) };
    for (const height of [7, 8, 9, 20]) {
      const panel = curvePanel([curve, curve], 'steps 1 to 2', 30, height);
      expect(panel.length).toBe(height);
      expect(panel.every((line) => line.length <= 30)).toBe(true);
    }
  });
});

test('sideBySide puts lines behind others, as far as there are any', () => {
  expect(sideBySide(['aa', 'bb', 'cc'], ['1', ''], 2)).toEqual(['aa  1', 'bb', 'cc']);
});
