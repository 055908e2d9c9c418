import { describe, expect, test } from 'vitest';
import { COLOURS, type LineChart, lineChart } from '../../../examples/charts/line-chart.ts';

const LABELS = { title: 'Losses', xLabel: 'step', yLabel: 'loss' };
const chart = (others: Partial<LineChart>): LineChart => {
  return { ...LABELS, series: [{ name: 'generator', x: [1, 2, 3], y: [4, 2, 3] }], ...others };
};

/** All coordinates of the paths. */
function corners(svg: string): [number, number][] {
  const paths = [...svg.matchAll(/ d="([^"]*)"/g)].map(([, path]) => path!);
  return paths.flatMap((path) =>
    [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
  );
}

describe('a line chart', () => {
  test.each([
    ['plain', {}],
    ['logarithmic', { xScale: 'logarithmic', yScale: 'logarithmic' }],
    ['of one value', { series: [{ name: 'one', x: [5], y: [7] }] }],
    ['of equal values', { series: [{ name: 'one', x: [1, 2], y: [0, 0] }] }],
    ['of negative values', { series: [{ name: 'one', x: [1, 2], y: [-3, -80] }] }],
    ['without values', { series: [{ name: 'one', x: [], y: [] }] }],
    ['without series', { series: [] }],
    ['of NaN', { series: [{ name: 'one', x: [1], y: [Number.NaN] }] }],
    ['of no logarithm', { yScale: 'logarithmic', series: [{ name: 'one', x: [1, 2], y: [0, -1] }] }],
    ['with a reference', { references: [{ name: 'best', y: 90 }] }],
    ['with a band', { series: [{ name: 'one', x: [1, 1.001, 1.002, 2], y: [1, 8, 3, 4], band: true }] }],
    ['as a file', { file: true, width: 720, height: 420 }],
  ] as const)('%s draws finite numbers inside its frame', (_, others) => {
    const svg = lineChart(chart(others));
    const { width = 480, height = 280 } = chart(others);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    for (const [x, y] of corners(svg)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(height);
    }
  });

  test('says when it has no values, and only then', () => {
    expect(lineChart(chart({ series: [{ name: 'one', x: [1], y: [Number.NaN] }] }))).toContain('no values yet');
    expect(lineChart(chart({}))).not.toContain('no values yet');
  });

  test('tells a screen reader its name and what the lines do', () => {
    const svg = lineChart(chart({}));
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>Losses</title>');
    expect(svg).toContain('<desc>loss against step. generator: 3 values, 4 at 1, 3 at 3, lowest 2, highest 4.</desc>');
  });

  test('has a name in the legend and a colour for each series; the seventh is dashed', () => {
    const series = Array.from({ length: 7 }, (_, i) => ({ name: `series ${i}`, x: [0, 1], y: [i, i + 1] }));
    const svg = lineChart(chart({ series }));
    for (const { name } of series) expect(svg).toContain(`>${name}</text>`);
    for (const colour of COLOURS) expect(svg).toContain(`stroke="${colour}"`);
    // Its line, and its mark in the legend.
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  });

  test('escapes its texts', () => {
    const svg = lineChart(chart({ title: '<b> & "c"', series: [{ name: '</svg>', x: [], y: [] }] }));
    expect(svg).toContain('<title>&lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  });

  test('stays small for 100,000 steps, and a band shows means and extremes', () => {
    const x = Array.from({ length: 100_000 }, (_, i) => i);
    const y = x.map((i) => (i % 2 === 0 ? 1 : 3));
    const plain = lineChart(chart({ series: [{ name: 'one', x, y }] }));
    const band = lineChart(chart({ series: [{ name: 'one', x, y, band: true }] }));
    expect(plain.length).toBeLessThan(20_000);
    expect(band.length).toBeLessThan(20_000);
    expect(plain).not.toContain('fill-opacity="0.22"');
    const means = /<path d="([^"]*)" fill="none"/.exec(band)![1]!;
    // Every column has as many 1 as 3, or one more: its mean is 2 up to a 400th.
    const heights = [...means.matchAll(/ ([\d.]+)/g)].map(([, height]) => Number(height));
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(1);
    expect(band).toContain('fill-opacity="0.22"');
  });

  test('refuses a series whose numbers of x and y differ', () => {
    const wrong = chart({ series: [{ name: 'one', x: [1, 2], y: [1] }] });
    expect(() => lineChart(wrong)).toThrow('lineChart: series "one" has 2 x and 1 y');
  });
});

/** Contrast ratio of WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const level = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

// 3 is what WCAG 2.2 asks of graphical objects (success criterion 1.4.11).
test.each(COLOURS)('%s is seen on white and on the dark background', (colour) => {
  expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(3);
  expect(contrast(colour, '#15171a')).toBeGreaterThanOrEqual(3);
});
