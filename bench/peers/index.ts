/**
 * The same GAN steps by ganvas and its peers: `npm run bench:peers`, or `npm run bench:peers -- --help` for what can be set.
 *
 * Each peer lives in a process of its own and makes steps when asked, so that the measurement goes round all of them in one run. All
 * start from the same weights and get the same batches, and must come to the same losses before their time counts.
 */
import { writeFileSync } from 'node:fs';
import { helpText, type KnownOptions, readArguments, runCommand, UsageError } from '../../examples/arguments.ts';
import { didYouMean } from '../../src/core/check.ts';
import { describeMachine, machineLines } from '../machine.ts';
import { figure, table } from '../table.ts';
import { type Comparison, comparisonOf, MODEL_NAMES, type ModelName } from './entries.ts';
import { COMPARED, measure, type Result, TOLERANCE } from './measure.ts';

const USAGE = 'npm run bench:peers';
const KNOWN: KnownOptions = {
  json: ['FILE', 'also write all figures to FILE'],
  model: ['NAME', `one table: ${MODEL_NAMES.join(', ')} (default: both)`],
  only: ['NAME', 'peers whose name begins so, beside ganvas on one thread'],
  quick: ['', 'few repetitions: not to be quoted'],
  help: ['', 'show this text'],
};

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2), KNOWN);
  if (given.has('help')) {
    console.log(helpText(USAGE, KNOWN));
    return;
  }
  const machine = describeMachine();
  const models = modelsOf(given.get('model'));
  const comparisons = choose(
    models.map((model) => [model, comparisonOf(model, machine.cores)]),
    given.get('only'),
  );
  console.log(machineLines(machine));
  const figures: Partial<Record<ModelName, readonly Result[]>> = {};
  for (const [model, { title, entries }] of comparisons) {
    const results = await measure(entries, given.has('quick') ? 2 : Infinity);
    figures[model] = results;
    console.log(
      `\nOne step of ${title}, the same weights and batches; losses of ${COMPARED} steps within ${TOLERANCE}\n`,
    );
    console.log(resultTable(results));
  }
  const json = given.get('json');
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
    console.log(`\nwritten to ${json}`);
  }
}

function modelsOf(name: string | undefined): readonly ModelName[] {
  if (name === undefined) return MODEL_NAMES;
  const found = MODEL_NAMES.find((model) => model === name);
  if (found !== undefined) return [found];
  throw new UsageError(`--model: there is no model "${name}". ${didYouMean(name, MODEL_NAMES)}`.trim());
}

type Named = readonly [ModelName, Comparison];

/** The comparisons that have a peer that is asked for; the first of each, by whose losses the others are judged, always takes part. */
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

/** Ratios are of minima, against ganvas on all threads: the same Node, no flag. */
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
