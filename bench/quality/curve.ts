/** The curve of a training: quality against seconds of training, as rows, as CSV and as a picture (SVG). */
import { lineChart } from '../../examples/charts/line-chart.ts';
import { median } from '../support/timing.ts';

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

/** Both axes are logarithmic. `real` is the distance of real images, drawn as a line. */
export function curveSvg(points: readonly CurvePoint[], title: string, real: number): string {
  return lineChart({
    title,
    xLabel: 'seconds of training',
    yLabel: 'Frechet distance',
    xScale: 'logarithmic',
    yScale: 'logarithmic',
    width: 720,
    height: 420,
    file: true,
    references: [{ name: `real digits: ${real.toFixed(2)}`, y: real }],
    series: [...new Set(points.map(({ seed }) => seed))].map((seed) => {
      const own = points.filter((point) => point.seed === seed);
      return {
        name: `seed ${seed}`,
        x: own.map(({ seconds }) => seconds),
        y: own.map(({ frechetDistance }) => frechetDistance),
      };
    }),
  });
}
