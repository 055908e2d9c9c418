/** The latest evaluation of a run, as npm run evaluate leaves it in evaluation.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Evaluation, type EvaluationRow, formatEvaluation } from '../../src/index.ts';
import type { LineChart } from '../charts/line-chart.ts';

export interface SavedEvaluation extends Evaluation {
  /** The tables and the protocol. */
  readonly text: string;
}

/** @throws ArgumentError if the file is no evaluation. */
export function readEvaluation(folder: string): SavedEvaluation | undefined {
  const path = join(folder, 'evaluation.json');
  if (!existsSync(path)) return undefined;
  const evaluation: Evaluation = JSON.parse(readFileSync(path, 'utf8'));
  return { ...evaluation, text: formatEvaluation(evaluation) };
}

/** The row of the weights that draw the samples: the averaged ones, if there are. */
export function finalRow({ rows }: Evaluation): EvaluationRow | undefined {
  return rows.find(({ name }) => name === 'generator-average') ?? rows.find(({ name }) => name === 'generator');
}

export function realDistance({ rows }: Evaluation): number | undefined {
  return rows.find(({ name }) => name === 'real')?.metrics.frechetDistance;
}

/** The Frechet distance of the kept epochs and of the final weights. Undefined if there are no two of them. */
export function distanceChart(evaluation: Evaluation, epochs: number): LineChart | undefined {
  const places = new Map<number, number>();
  for (const { name, metrics } of evaluation.rows) {
    const epoch = /^(?:weights[/\\])?epoch-(\d+)$/.exec(name)?.[1];
    if (epoch !== undefined) places.set(Number(epoch), metrics.frechetDistance);
  }
  const final = finalRow(evaluation);
  if (final !== undefined) places.set(epochs, final.metrics.frechetDistance);
  const points = [...places].sort(([one], [other]) => one - other);
  if (points.length < 2) return undefined;
  const real = realDistance(evaluation);
  return {
    title: 'Frechet distance to real images',
    xLabel: 'epoch',
    yLabel: 'Frechet distance, lower is better',
    yScale: 'logarithmic',
    references: real === undefined ? [] : [{ name: `real images: ${real.toPrecision(3)}`, y: real }],
    series: [{ name: 'samples', x: points.map(([epoch]) => epoch), y: points.map(([, distance]) => distance) }],
  };
}
