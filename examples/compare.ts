/**
 * Compares the models: `npm run compare`; `npm run compare -- --help` lists the options. It trains the models that are
 * not trained yet, resumes those that were stopped, and writes a table, a picture and report.html. The picture has a
 * row of real digits and a row of samples for each model.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, UsageError } from '../bench/support/command-line.ts';
import { concat, type Evaluation, type EvaluationRow, formatEvaluation, scope } from '../src/index.ts';
import { saveImage } from '../src/node/index.ts';
import { type ComparisonOptions, help, type Planned, parseOptions, plan, USAGE } from './compare-options.ts';
import { configureRun } from './configure-run.ts';
import { type LabelledDigits, loadDigits } from './digits.ts';
import { createEvaluator } from './evaluator.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { quoted } from './report/command.ts';
import { type ComparedRun, writeComparisonReport } from './report/comparison-report.ts';
import { finalGenerator, makeRunFolder, type RunDescription, readDescription, writeText } from './run-folder.ts';
import { readGenerator } from './saved-generator.ts';
import { trainAutoencoderRun } from './train-autoencoder.ts';
import { trainGanRun } from './train-gan.ts';

/** Number of samples of each model in the picture. */
const SAMPLES = 16;

interface FinishedRun {
  readonly folder: string;
  readonly description: RunDescription;
}

async function compare(options: ComparisonOptions): Promise<void> {
  await mkdir(options.out, { recursive: true });
  const digits = await loadDigits(options.data, options.limit);
  const runs = options.runs.length > 0 ? options.runs.map(readyRun) : await trainAll(options, digits);
  if (runs === undefined) return;

  const evaluator = await createEvaluator(options, (text) => console.error(text));
  const { count, protocol } = evaluator;
  const rows: EvaluationRow[] = [...evaluator.anchors()];
  const real = digits.images.gather(Array.from({ length: Math.min(SAMPLES, digits.images.count) }, (_, i) => i));
  const compared: ComparedRun[] = [];
  for (const { folder, description } of runs) {
    console.error(`${folder}: ${count} pictures`);
    const { draw } = readGenerator(finalGenerator(folder), description.model);
    const name = nameOf({ folder, description }, runs);
    const row = scope(() => evaluator.rowOf(name, draw(count, options.seed)));
    rows.push(row);
    compared.push({ name, folder, description, row, samples: draw(SAMPLES, options.seed) });
  }
  const text = report(compared, { protocol, rows });
  console.log(text);
  await writeText(join(options.out, 'comparison.md'), text);
  await writeText(join(options.out, 'comparison.json'), JSON.stringify({ runs, protocol, rows }, undefined, 2));
  const strips = concat([real, ...compared.map(({ samples }) => samples)]);
  await saveImage(join(options.out, 'comparison.png'), strips, { columns: SAMPLES, scale: 2 });
  await writeComparisonReport(options.out, {
    runs: compared,
    real: { row: rows[0]!, samples: real },
    text,
    command: [USAGE, '--', ...process.argv.slice(2).map(quoted)].join(' '),
  });
}

/** Undefined if the user stopped the training. */
async function trainAll(options: ComparisonOptions, digits: LabelledDigits): Promise<FinishedRun[] | undefined> {
  await configureRun({ ...options, kernels: 'auto' });
  const interruption = watchForInterruption();
  const runs: FinishedRun[] = [];
  for (const planned of plan(options)) {
    const code = await trainOne(planned, digits, interruption);
    if (code !== 0) {
      process.exitCode = code;
      return undefined;
    }
    runs.push(readyRun(planned.folder));
  }
  return runs;
}

async function trainOne(
  { folder, training }: Planned,
  digits: LabelledDigits,
  interruption: Interruption,
): Promise<number> {
  const before = existsSync(folder) ? readDescription(folder) : undefined;
  if (before?.seconds !== undefined && before.epochs === training.epochs) return 0;
  console.error(`training ${folder}: ${training.epochs} epochs`);
  makeRunFolder(folder);
  const options = { ...training, resume: before !== undefined };
  return training.model === 'autoencoder'
    ? trainAutoencoderRun(options, digits, folder, interruption)
    : trainGanRun(options, training.model, digits, folder, interruption);
}

function readyRun(folder: string): FinishedRun {
  const description = readDescription(folder);
  if (description?.seconds === undefined) throw new UsageError(`${folder} has no finished run of npm run train`);
  return { folder, description };
}

/** Runs of one model and seed are told apart by their folders. */
function nameOf({ folder, description }: FinishedRun, runs: readonly FinishedRun[]): string {
  const name = shortName(description);
  return runs.filter((run) => shortName(run.description) === name).length > 1 ? `${name}, ${folder}` : name;
}

function shortName({ model, seed, width }: RunDescription): string {
  return `${model}${width === undefined ? '' : ` ${width}`}, seed ${seed}`;
}

/** A table of costs and results of the models, then the whole evaluation with its protocol. */
function report(runs: readonly ComparedRun[], evaluation: Evaluation): string {
  const lines = runs.map(({ name, description, row: { metrics } }) => {
    const { epochs, batchSize, images, seconds = 0 } = description;
    const figures = [metrics.frechetDistance.toFixed(1), metrics.sharpness.toFixed(3), `${metrics.classes?.missing}`];
    return [name, `${images}`, `${batchSize}`, `${epochs}`, seconds.toFixed(0), ...figures];
  });
  const header = ['model', 'images', 'batch', 'epochs', 'seconds', 'Frechet', 'sharpness', 'missing digits'];
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  const table = [header, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  const names = runs.map(({ name }) => name);
  const picture = `comparison.png, from the top: real digits; ${names.join('; ')}`;
  return [...table, '', picture, '', formatEvaluation(evaluation)].join('\n');
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help());
  else await compare(options);
});
