/** report.html of a comparison: for each run its pictures, figures and losses, below them the tables. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { type EvaluationRow, encodePng, imageGrid, type Tensor } from '../../src/index.ts';
import { escaped, type LineChart } from '../charts/line-chart.ts';
import { type RunDescription, writeText } from '../run-folder.ts';
import { distanceChart, readEvaluation } from './evaluation.ts';
import { lossCharts, readLosses } from './losses.ts';
import { cardChart, commandBlock, dataUri, facts, image, note, page, section, tablesOf } from './page.ts';
import { readableGrid } from './readable-grid.ts';
import { duration } from './settings.ts';

export interface ComparedRun {
  readonly name: string;
  readonly folder: string;
  readonly description: RunDescription;
  /** Its evaluation here. */
  readonly row: EvaluationRow;
  readonly samples: Tensor;
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The evaluation of real images, and some of them. */
  readonly real: { readonly row: EvaluationRow; readonly samples: Tensor };
  /** The tables and the protocol. */
  readonly text: string;
  /** The command that repeats the comparison. */
  readonly command: string;
}

/** Pictures in a row. */
const COLUMNS = 8;

export async function writeComparisonReport(folder: string, comparison: Comparison): Promise<void> {
  const { runs, real, text, command } = comparison;
  const best = runs.reduce((one, other) => (distanceOf(other.row) < distanceOf(one.row) ? other : one));
  const distance = real.row.metrics.frechetDistance.toPrecision(3);
  const explanation =
    'Each card shows pictures from noise, drawn after the training. The Frechet distance compares them with real ' +
    `images: lower is better; real images against real images have ${distance}.`;
  const body = [
    '<header>',
    `<h1>${runs.length === 1 ? 'One run' : `${runs.length} runs`} compared</h1>`,
    `<p class="lead">${escaped(`${explanation} The closest to real images is ${best.name}.`)}</p>`,
    '</header>',
    '<main>',
    section('Real images', strip(real.samples, 'Real images'), { kind: 'wide' }),
    ...runs.map(card),
    section('All figures', tablesOf(text, 'How this was measured'), { kind: 'wide' }),
    section('Repeat it', commandBlock(command) + note(`The folder was ${folder}.`), {
      kind: 'wide',
    }),
    '</main>',
  ];
  await writeText(join(folder, 'report.html'), page({ title: 'Comparison of runs', body: body.join('\n') }));
}

function card({ name, folder, description, row, samples }: ComparedRun): string {
  const { images, batchSize, epochs, seconds = 0 } = description;
  const figures = facts([
    ['Frechet distance', distanceOf(row).toPrecision(3)],
    ['training time', duration(seconds)],
    ['epochs', `${epochs}`],
  ]);
  const [losses] = lossCharts(readLosses(folder, Math.ceil(images / batchSize)));
  const evaluation = readEvaluation(folder);
  const charts = [losses, evaluation && distanceChart(evaluation, epochs)]
    .filter((chart): chart is LineChart => chart !== undefined)
    .map(cardChart);
  const own = existsSync(join(folder, 'report.html')) ? note(`Its own report: ${join(folder, 'report.html')}`) : '';
  const pictures = strip(samples, `Pictures by ${name}`);
  return section(name, `${figures}${pictures}<div class="charts">${charts.join('\n')}</div>${own}`);
}

function strip(samples: Tensor, description: string): string {
  const { pixels, width, height } = imageGrid(samples, readableGrid(samples, COLUMNS));
  return image(dataUri(encodePng(pixels, width, height, { compress: (rows) => deflateSync(rows) })), description);
}

function distanceOf({ metrics }: EvaluationRow): number {
  return metrics.frechetDistance;
}
