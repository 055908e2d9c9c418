/** report.html of a sweep: the tables of its results, and for each training its latest picture and its losses. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escaped, lineChart } from '../charts/line-chart.ts';
import { readDescription, writeText } from '../run-folder.ts';
import { type Result, resultTable, settingsTable } from '../sweep/results.ts';
import { epochPictures } from './epochs.ts';
import { lossCharts, readLosses } from './losses.ts';
import { dataUri, facts, figuresTable, image, note, page, section } from './page.ts';
import { duration } from './settings.ts';

/** @param command - the command that repeats the sweep. */
export async function writeSweepReport(folder: string, results: readonly Result[], command: string): Promise<void> {
  const finished = results.filter(({ state }) => state === 'finished').length;
  const settings = settingsTable(results);
  const body = [
    '<header>',
    `<h1>${results.length} trainings side by side</h1>`,
    `<p class="lead">${finished} of ${results.length} are finished. ${escaped(bestOf(settings))}</p>`,
    '</header>',
    '<main>',
    ...(settings.length > 0 ? [section('Settings', figuresTable(settings), { kind: 'wide' })] : []),
    section('Trainings', figuresTable(resultTable(results)), { kind: 'wide' }),
    ...results.filter(({ entry }) => existsSync(entry.folder)).map(card),
    section('Repeat it', `<pre><code>${escaped(command)}</code></pre>`, { kind: 'wide' }),
    '</main>',
  ];
  await writeText(join(folder, 'report.html'), page({ title: 'Sweep', body: body.join('\n') }));
}

/** The first row of the settings has the least median distance. */
function bestOf([, best]: readonly (readonly string[])[]): string {
  if (best === undefined) return '';
  const [setting, seeds, middle] = best;
  return `The closest to real images is ${setting}, with a median Frechet distance of ${middle} over ${seeds} seeds.`;
}

function card({ entry, state, seconds, distance, failure }: Result): string {
  const { name, folder, epochs } = entry;
  const description = readDescription(folder);
  const steps = description === undefined ? 1 : Math.ceil(description.images / description.batchSize);
  const losses = readLosses(folder, steps);
  const figures = facts([
    ['state', state],
    ['epochs', `${losses.epochs} of ${epochs}`],
    ...(seconds === undefined ? [] : [['training time', duration(seconds)] as const]),
    ...(distance === undefined ? [] : [['Frechet distance', distance.toPrecision(3)] as const]),
  ]);
  const latest = epochPictures(folder, losses.epochs).at(-1);
  const picture =
    latest === undefined ? '' : image(dataUri(readFileSync(latest.path)), `Samples of epoch ${latest.epoch}: ${name}`);
  const [chart] = lossCharts(losses);
  const own = existsSync(join(folder, 'report.html')) ? `Its own report: ${join(folder, 'report.html')}` : '';
  const notes = [failure, own].filter((text) => text !== '').map(note);
  return section(name, `${figures}${picture}${chart === undefined ? '' : lineChart(chart)}${notes.join('')}`);
}
