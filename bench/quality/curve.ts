/** The curve of a training: quality against seconds of training, as rows, as CSV and as a picture (SVG). */
import { median } from '../timing.ts';

export interface CurvePoint {
  readonly seed: number;
  readonly epoch: number;
  readonly step: number;
  /** Seconds of training, without evaluations. */
  readonly seconds: number;
  readonly frechetDistance: number;
  readonly precision: number;
  readonly recall: number;
  readonly sharpness: number;
}

const COLUMNS = ['seed', 'epoch', 'step', 'seconds', 'frechetDistance', 'precision', 'recall', 'sharpness'] as const;

export function curveCsv(points: readonly CurvePoint[]): string {
  return [COLUMNS.join(), ...points.map((point) => COLUMNS.map((column) => point[column]).join())].join('\n');
}

/**
 * The median over the seeds of the distance that was reached within so many seconds: that of the last evaluation until
 * then. Undefined if a seed has none.
 */
export function distanceWithin(points: readonly CurvePoint[], seconds: number): number | undefined {
  const last = new Map<number, number>();
  for (const point of points) {
    last.set(point.seed, last.get(point.seed) ?? Number.POSITIVE_INFINITY);
    if (point.seconds <= seconds) last.set(point.seed, point.frechetDistance);
  }
  const found = median([...last.values()]);
  return last.size > 0 && [...last.values()].every(Number.isFinite) ? found : undefined;
}

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 56;
const RIGHT = 16;
const TOP = 32;
const BOTTOM = 44;
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#17becf'];
const DISTANCES = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Both axes are logarithmic. `real` is the distance of real images, drawn as a line. */
export function curveSvg(points: readonly CurvePoint[], title: string, real: number): string {
  const times = points.map(({ seconds }) => seconds);
  const distances = [real, ...points.map(({ frechetDistance }) => frechetDistance)];
  const x = logScale(Math.min(...times) / 1.1, Math.max(...times) * 1.1, LEFT, WIDTH - RIGHT);
  const y = logScale(Math.min(...distances) / 1.3, Math.max(...distances) * 1.1, HEIGHT - BOTTOM, TOP);
  const text = (at: readonly [number, number], anchor: string, content: string): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
  const line = (from: readonly [number, number], to: readonly [number, number], style: string): string =>
    `<path d="M${from.map(rounded).join(' ')}L${to.map(rounded).join(' ')}" ${style}/>`;
  const grid = 'stroke="#ddd"';
  const seeds = [...new Set(points.map(({ seed }) => seed))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text([WIDTH / 2, 18], 'middle', title),
    ...ticks(times).map((time) => line([x(time), TOP], [x(time), HEIGHT - BOTTOM], grid)),
    ...ticks(times).map((time) => text([x(time), HEIGHT - BOTTOM + 16], 'middle', `${time}`)),
    text([WIDTH / 2, HEIGHT - 8], 'middle', 'seconds of training'),
    ...DISTANCES.filter((one) => y(one) >= TOP && y(one) <= HEIGHT - BOTTOM).flatMap((one) => [
      line([LEFT, y(one)], [WIDTH - RIGHT, y(one)], grid),
      text([LEFT - 6, y(one) + 4], 'end', `${one}`),
    ]),
    line([LEFT, y(real)], [WIDTH - RIGHT, y(real)], 'stroke="black" stroke-dasharray="4 4"'),
    text([WIDTH - RIGHT, y(real) - 4], 'end', `real digits: ${real.toFixed(2)}`),
    ...seeds.map((seed, i) => {
      const own = points.filter((point) => point.seed === seed);
      const path = own.map((point) => [x(point.seconds), y(point.frechetDistance)].map(rounded).join(' ')).join('L');
      return `<path d="M${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5"/>`;
    }),
    ...seeds.map((seed, i) => {
      const style = `fill="${COLOURS[i % COLOURS.length]}"`;
      return `<text x="${WIDTH - RIGHT - 8}" y="${TOP + 16 * (i + 1)}" text-anchor="end" ${style}>seed ${seed}</text>`;
    }),
    '</svg>',
  ].join('\n');
}

/** 1, 2 and 5 times powers of ten, within the range of the values. */
function ticks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values) / 1.1, Math.max(...values) * 1.1];
  const all = [0.1, 1, 10, 100, 1000, 10_000].flatMap((power) => [1, 2, 5].map((one) => one * power));
  return all.filter((one) => one >= least && one <= most);
}

function logScale(low: number, high: number, start: number, end: number): (value: number) => number {
  const [from, to] = [Math.log(low), Math.log(high)];
  return (value) => start + ((Math.log(value) - from) / (to - from)) * (end - start);
}

function rounded(value: number): string {
  return value.toFixed(1);
}
