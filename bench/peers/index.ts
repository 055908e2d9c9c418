/**
 * Times the same GAN steps in ganvas and its peers: `npm run bench:peers`; with `-- --help` it lists the options.
 *
 * Each peer has its own process and makes steps on request, so that all take turns in one run. All start from the same
 * weights, get the same batches, and must have the same losses before they are timed.
 */
import { writeFileSync } from 'node:fs';
import { didYouMean } from '../../src/core/check.ts';
import {
  helpText,
  type Options,
  readChoice,
  readCommandLine,
  runCommand,
  UsageError,
} from '../support/command-line.ts';
import { describeMachine, machineLines } from '../support/machine.ts';
import { figure, table } from '../support/table.ts';
import { type Comparison, comparisonOf, MODEL_NAMES, type ModelName } from './entries.ts';
import { COMPARED, measure, type Result, TOLERANCE } from './measure.ts';

const USAGE = 'npm run bench:peers';
const OPTIONS = {
  json: { type: 'string', value: 'FILE', help: 'also write all figures to FILE' },
  model: { type: 'string', value: 'NAME', help: `one table: ${MODEL_NAMES.join(', ')} (default: both)` },
  only: { type: 'string', value: 'NAME', help: 'only peers whose name begins with NAME, and ganvas on one thread' },
  quick: { type: 'boolean', help: 'few repetitions: not a measurement' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

async function main(): Promise<void> {
  const { values } = readCommandLine(process.argv.slice(2), OPTIONS);
  const { json, only, quick } = values;
  if (values.help) {
    console.log(helpText(USAGE, OPTIONS));
    return;
  }
  const machine = describeMachine();
  const named = readChoice(values, 'model', MODEL_NAMES);
  const models = named === undefined ? MODEL_NAMES : [named];
  const comparisons = choose(
    models.map((model) => [model, comparisonOf(model, machine.cores)]),
    only,
  );
  console.log(machineLines(machine));
  const figures: Partial<Record<ModelName, readonly Result[]>> = {};
  for (const [model, { title, entries }] of comparisons) {
    const results = await measure(entries, quick ? 2 : Infinity);
    figures[model] = results;
    console.log(
      `\nOne step of ${title}, the same weights and batches; losses of ${COMPARED} steps within ${TOLERANCE}\n`,
    );
    console.log(resultTable(results));
  }
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
    console.log(`\nwritten to ${json}`);
  }
}

type Named = readonly [ModelName, Comparison];

/**
 * The comparisons with a peer that was asked for. The first peer, which gives the losses to compare with, always runs.
 */
function choose(all: readonly Named[], only: string | undefined): readonly Named[] {
  if (only === undefined) return all;
  const chosen = all.filter(([, { entries }]) => entries.some(({ name }) => name.startsWith(only)));
  if (chosen.length === 0) {
    const names = all.flatMap(([, { entries }]) => entries.map(({ name }) => name.split(',')[0]!));
    const families = [...new Set(names)];
    throw new UsageError(
      `--only: no peer begins with "${only}". ${didYouMean(only, families)} There are: ${families.join(', ')}`,
    );
  }
  return chosen.map(([model, { title, entries }]) => [
    model,
    { title, entries: entries.filter(({ name }, i) => i === 0 || name.startsWith(only)) },
  ]);
}

/** Ratios are of minima, to ganvas on all threads without wide SIMD. */
function resultTable(results: readonly Result[]): string {
  const own = results.filter(({ name, step }) => name.startsWith('ganvas, ') && step !== undefined).at(-1);
  const rows = results.map(({ name, unavailable, version = '', detail = '', step, lossDifference }) => {
    if (step === undefined) return [name, '', '', '', '', '', `not run: ${unavailable}`];
    const ratio = own?.step === undefined ? '' : `${(step.min / own.step.min).toFixed(2)} x`;
    const difference = (lossDifference ?? 0).toExponential(0);
    const what = detail === '' ? version : `${version}, ${detail}`;
    return [name, figure(step.min), figure(step.median), String(step.repetitions), ratio, difference, what];
  });
  return table(['', 'ms min', 'ms median', 'steps', `of ${own?.name ?? ''}`, 'losses off by', 'version'], rows);
}

await runCommand(USAGE, main);
