/** The losses of a run: losses.csv as series over the epochs, and as charts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LineChart, Series } from '../charts/line-chart.ts';

export interface Losses {
  /** Number of whole epochs. */
  readonly epochs: number;
  readonly rows: number;
  readonly series: readonly LossSeries[];
}

export interface LossSeries extends Series {
  /** Of the last epoch. */
  readonly mean: number;
  /** Whether it is a loss: the column's name ends with it. Others are measures such as the gradient penalty. */
  readonly isLoss: boolean;
}

/**
 * @param stepsPerEpoch - the first of so many steps of epoch 3 has the place 2 + 1 / stepsPerEpoch.
 * @returns no series if there is no file or no row.
 */
export function readLosses(folder: string, stepsPerEpoch: number): Losses {
  const path = join(folder, 'losses.csv');
  const [header = '', ...lines] = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const [, , ...names] = header.split(',');
  // A row that is being written has too few fields.
  const rows = lines.map((line) => line.split(',').map(Number)).filter(({ length }) => length === names.length + 2);
  const [lastEpoch = 0, lastStep = 0] = rows.at(-1) ?? [];
  if (lastEpoch === 0) return { epochs: 0, rows: 0, series: [] };
  const series = names.map((name, column): LossSeries => {
    const isLoss = /(^|_)loss$/.test(name);
    // Steps without a gradient penalty have 0.
    const own = isLoss ? rows : rows.filter((row) => row[column + 2] !== 0);
    const latest = own.filter(([epoch]) => epoch === lastEpoch).map((row) => row[column + 2]!);
    return {
      name: name.replace(/_loss$/, '').replaceAll('_', ' '),
      x: own.map(([epoch = 0, step = 0]) => epoch - 1 + step / stepsPerEpoch),
      y: own.map((row) => row[column + 2]!),
      band: true,
      mean: latest.reduce((sum, value) => sum + value, 0) / latest.length,
      isLoss,
    };
  });
  return { epochs: lastStep === stepsPerEpoch ? lastEpoch : lastEpoch - 1, rows: rows.length, series };
}

/** One chart of all losses, and one for each other measure. */
export function lossCharts({ series }: Losses): LineChart[] {
  // The number is the mean of the last epoch.
  const named = (one: LossSeries): Series => ({ ...one, name: `${one.name} ${one.mean.toPrecision(3)}` });
  // The discriminator first: it is blue, and the generator orange, as in the studio.
  const losses = series.filter(({ isLoss }) => isLoss).reverse();
  const others = series.filter(({ isLoss }) => !isLoss);
  const one = losses.length === 1;
  return [
    {
      title: one ? 'Loss' : 'Losses',
      xLabel: 'epoch',
      yLabel: 'loss of a step',
      // A single loss falls by powers of ten; two that work against each other do not.
      yScale: one ? 'logarithmic' : 'linear',
      series: losses.map(named),
    },
    ...others.map((other): LineChart => {
      const title = `${other.name.charAt(0).toUpperCase()}${other.name.slice(1)}`;
      return { title, xLabel: 'epoch', yLabel: other.name, series: [named(other)] };
    }),
  ];
}
