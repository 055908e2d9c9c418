/**
 * Writes report.html and losses.svg of a run from what is in its folder: run.json, losses.csv, the pictures of the
 * epochs, interpolation.apng and evaluation.json. What is not there yet is left out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escaped, lineChart } from '../charts/line-chart.ts';
import { type RunDescription, readDescription, writeText } from '../run-folder.ts';
import { quoted } from './command.ts';
import { epochPictures } from './epochs.ts';
import { distanceChart, finalRow, readEvaluation, realDistance, type SavedEvaluation } from './evaluation.ts';
import { type Losses, lossCharts, readLosses } from './losses.ts';
import {
  cardChart,
  column,
  commandBlock,
  dataUri,
  facts,
  image,
  note,
  page,
  section,
  settingsTable,
  tablesOf,
} from './page.ts';
import { duration, environmentTable, imagesName, modelName, settings } from './settings.ts';

const REPORT = 'report.html';

/**
 * @param running - whether the training goes on; the report says so.
 * @returns false if the folder has no run.json, and so no report.
 */
export async function writeRunReport(folder: string, running = false): Promise<boolean> {
  const run = readDescription(folder);
  if (run === undefined) return false;
  const losses = readLosses(folder, Math.ceil(run.images / run.batchSize));
  const evaluation = readEvaluation(folder);
  const [chart] = lossCharts(losses);
  if (losses.rows > 0 && chart !== undefined) {
    await writeText(join(folder, 'losses.svg'), lineChart({ ...chart, file: true, width: 720, height: 420 }));
  }
  const pictures = epochPictures(folder, losses.epochs);
  const body = [
    header(folder, run, losses, evaluation, running),
    '<main>',
    column(samples(run, pictures), walk(folder, run)),
    column(curves(losses), evaluation === undefined ? toEvaluate(folder, run) : distances(evaluation, losses.epochs)),
    evaluation === undefined ? '' : quality(evaluation),
    section('Settings', settingsTable(settings(run))),
    column(
      run.environment === undefined ? '' : section('Machine', settingsTable(environmentTable(run.environment))),
      repeat(folder, run),
    ),
    '</main>',
  ];
  const script = pictures.length > 0 ? readFileSync(new URL('slider.js', import.meta.url), 'utf8') : undefined;
  await writeText(join(folder, REPORT), page({ title: `${modelName(run)}: report`, body: body.join('\n'), script }));
  return true;
}

function header(
  folder: string,
  run: RunDescription,
  { epochs, rows }: Losses,
  evaluation: SavedEvaluation | undefined,
  running: boolean,
): string {
  const steps = Math.ceil(run.images / run.batchSize);
  const learns = run.model === 'autoencoder' ? 'to compress images, and draws from noise' : 'to draw images from noise';
  const row = evaluation && finalRow(evaluation);
  const real = evaluation && realDistance(evaluation);
  const distance = row?.metrics.frechetDistance.toPrecision(3);
  return [
    '<header>',
    `<h1>${escaped(modelName(run))}</h1>`,
    `<p class="lead">It learns ${learns}: from ${escaped(imagesName(run))}, in steps of ${run.batchSize} images, ` +
      `${steps} steps per epoch. ${state(folder, run, epochs, running)}</p>`,
    facts([
      ...(distance === undefined ? [] : [['Frechet distance', distance] as const]),
      ...(real === undefined ? [] : [['of real images', real.toPrecision(3)] as const]),
      ['epochs', run.seconds === undefined ? `${epochs} of ${run.epochs}` : `${run.epochs}`],
      ['steps', rows.toLocaleString('en-US')],
      ...(run.seconds === undefined ? [] : [['training time', duration(run.seconds)] as const]),
      ['seed', `${run.seed}`],
    ]),
    '</header>',
  ].join('\n');
}

/** As HTML. */
function state(folder: string, run: RunDescription, epochs: number, running: boolean): string {
  if (run.seconds !== undefined) return 'The training is finished.';
  if (running) return `The training goes on. This is its state after epoch ${epochs}; reload the page for a later one.`;
  const command = `npm run train -- --resume --out ${quoted(folder)}`;
  return `The training is not finished. To go on: <code>${escaped(command)}</code>`;
}

function samples(run: RunDescription, pictures: ReturnType<typeof epochPictures>): string {
  if (pictures.length === 0) return section('Samples', note('There is a picture after the first epoch.'));
  const what = {
    autoencoder: 'From the top: images, their reconstructions, and two rows decoded from noise.',
    conditional: 'Each column is one class, drawn from fixed noise.',
    ...{ compact: '', dense: '', refined: '', conv: '' },
  }[run.model];
  const thinned = pictures.length < pictures.at(-1)!.epoch ? ` Here are ${pictures.length} of them.` : '';
  const items = pictures.map(({ epoch, path }) => {
    return `<li>${picture(path, `Samples after epoch ${epoch}`)}<p>epoch ${epoch}</p></li>`;
  });
  const last = pictures.length - 1;
  const content = [
    note(`${what || 'Pictures drawn from the same noise'}${what ? ' One picture' : ','} after each epoch.${thinned}`),
    `<ol class="epochs">${items.join('\n')}</ol>`,
    `<div class="slider" hidden><label for="epoch">Epoch</label><input id="epoch" type="range" min="0" max="${last}" ` +
      `value="${last}"><output for="epoch"></output><button type="button">Play</button></div>`,
  ];
  return section('Samples', content.join('\n'), { id: 'samples' });
}

function curves(losses: Losses): string {
  const single = losses.series.filter(({ isLoss }) => isLoss).length === 1;
  const text = single
    ? ''
    : 'The two networks work against each other, so neither loss falls to 0: they should stay within a band. ';
  const reading =
    'A line is the mean of neighbouring steps, the pale band their least and greatest values. Numbers are means of ' +
    'the last epoch.';
  const charts = lossCharts(losses).map(cardChart);
  return section('Losses', `${note(text + reading)}<div class="charts">${charts.join('\n')}</div>`);
}

function walk(folder: string, run: RunDescription): string {
  const path = join(folder, 'interpolation.apng');
  const still = join(folder, 'interpolation.png');
  if (!existsSync(path)) return '';
  const what = run.model === 'autoencoder' ? 'decoder' : 'generator';
  const steady = existsSync(still)
    ? `<source media="(prefers-reduced-motion: reduce)" srcset="${dataUri(readFileSync(still))}">`
    : '';
  const animation = picture(path, 'Eight pictures that change into others without a jump');
  const classes = run.model === 'conditional' ? ', and from class to class' : '';
  const walks = `Eight walks through the noise of the ${what}${classes}.`;
  return section(
    'A walk between noises',
    `${note(`${walks} Neighbouring noise should draw similar pictures.`)}<picture>${steady}${animation}</picture>`,
  );
}

const QUALITY = 'How real the pictures are';

/** Other images than digits are not evaluated. */
function toEvaluate(folder: string, { imageShape }: RunDescription): string {
  if (imageShape !== undefined) return '';
  const text = note('This run has not been evaluated. This command adds its distance to real images:');
  return section(QUALITY, text + commandBlock(`npm run evaluate -- ${quoted(folder)}`));
}

function distances(evaluation: SavedEvaluation, epochs: number): string {
  const chart = distanceChart(evaluation, epochs);
  return chart === undefined ? '' : section('Distance', cardChart(chart));
}

function quality({ text }: SavedEvaluation): string {
  const explanation = note(
    'The Frechet distance compares the features of drawn and real images: lower is better, and "real" shows what ' +
      'real images reach. Precision is the share of pictures that look real, recall the share of real images that ' +
      'are drawn.',
  );
  return section(QUALITY, explanation + tablesOf(text, 'How this was measured'), { kind: 'wide' });
}

function repeat(folder: string, { command }: RunDescription): string {
  const files =
    'Beside this report: losses.csv and losses.svg, a picture for each epoch, training.apng, interpolation.png and ' +
    '.apng, weights as safetensors, checkpoints, and run.json with all settings.';
  const bits = '<p>This command repeats the run, with the same bits on any machine:</p>';
  const again = command === undefined ? '' : bits + commandBlock(command);
  return section('Repeat it', `${again}${note(`${files} The folder was ${folder}.`)}`);
}

function picture(path: string, description: string): string {
  return image(dataUri(readFileSync(path)), description);
}
