/**
 * The same GAN step by ganvas and its peers: `npm run bench:peers`, or `npm run bench:peers -- --help` for what can be set.
 *
 * Each peer lives in a process of its own and makes steps when asked, so that the measurement goes round all of them in one run. All
 * start from the same weights and get the same batches, and must come to the same losses before their time counts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { helpText, type KnownOptions, readArguments, runCommand, UsageError } from '../../examples/arguments.ts';
import { didYouMean } from '../../src/core/check.ts';
import { describeMachine, machineLines } from '../machine.ts';
import { figure, table } from '../table.ts';
import { type Summary, summarize } from '../timing.ts';
import { type Command, Peer } from './peer.ts';

interface Entry extends Command {
  /** Steps each time it is asked, and how many rounds it takes part in: slow ones make fewer. */
  readonly steps: number;
  readonly rounds: number;
  readonly peer: Peer;
}

interface Result {
  readonly name: string;
  /** Why it did not run; the other fields are absent then. */
  readonly unavailable?: string;
  readonly version?: string;
  readonly detail?: string;
  readonly step?: Summary;
  /** Largest distance of a loss of the compared steps from ganvas's. */
  readonly lossDifference?: number;
}

const USAGE = 'npm run bench:peers';
const KNOWN: KnownOptions = {
  json: ['FILE', 'also write all figures to FILE'],
  only: ['NAME', 'peers whose name begins so, beside ganvas on one thread'],
  quick: ['', 'few repetitions: not to be quoted'],
  help: ['', 'show this text'],
};

/** Steps whose losses are compared. They warm up too. */
const COMPARED = 3;
/**
 * How far a loss may lie from ganvas's. A loss moves by 0.02 a step here; float32 in another order of sums is off by some 1e-6, and
 * TensorFlow.js's own Adam, whose epsilon stands elsewhere, by 1e-4.
 */
const TOLERANCE = 5e-4;

const folder = fileURLToPath(new URL('.', import.meta.url));

function commands(cores: number): Omit<Entry, 'peer'>[] {
  const node = (
    name: string,
    script: string,
    args: readonly string[],
    steps: number,
    rounds: number,
  ): Omit<Entry, 'peer'> => ({
    name,
    file: process.execPath,
    // The loader that runs this file runs the peers' too.
    args: [...process.execArgv, join(folder, script), ...args],
    steps,
    rounds,
  });
  const python = process.env['PYTHON'] ?? '/usr/bin/python3';
  const pytorch = (threads: number): Omit<Entry, 'peer'> => ({
    name: `PyTorch, ${threadCount(threads)}`,
    file: python,
    args: [join(folder, 'pytorch/gan_step.py'), '--serve', '--threads', String(threads)],
    steps: 10,
    rounds: 10,
  });
  const threadCounts = cores > 1 ? [1, cores] : [1];
  return [
    ...threadCounts.map((n) => node(`ganvas, ${threadCount(n)}`, 'ganvas.ts', [String(n)], 10, 10)),
    ...threadCounts.map((n) => node(`ganvas wide, ${threadCount(n)}`, 'ganvas.ts', [String(n), 'wide'], 10, 10)),
    ...threadCounts.map(pytorch),
    node('jax-js, tuned', 'jax.ts', [], 5, 10),
    node('tfjs-wasm, tuned', 'tfjs-tuned.ts', [], 5, 10),
    node('tfjs-wasm, tf.layers', 'tfjs-layers.ts', ['wasm'], 1, 10),
    node('tfjs-cpu, tf.layers', 'tfjs-layers.ts', ['cpu'], 1, 3),
  ];
}

function threadCount(n: number): string {
  return n === 1 ? '1 thread' : `${n} threads`;
}

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2), KNOWN);
  if (given.has('help')) {
    console.log(helpText(USAGE, KNOWN));
    return;
  }
  const machine = describeMachine();
  console.log(machineLines(machine));
  const entries = choose(commands(machine.cores), given.get('only'));
  const results = await measure(entries, given.has('quick') ? 2 : Infinity);
  console.log(
    `\nOne step of the dense GAN, batch 256, the same weights and batches; losses of ${COMPARED} steps within ${TOLERANCE}\n`,
  );
  console.log(resultTable(results));
  const json = given.get('json');
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
    console.log(`\nwritten to ${json}`);
  }
}

/** The first command is ganvas on one thread, by whose losses the others are judged: it always takes part. */
function choose(all: readonly Omit<Entry, 'peer'>[], only: string | undefined): readonly Omit<Entry, 'peer'>[] {
  if (only === undefined) return all;
  const chosen = all.filter(({ name }, i) => i === 0 || name.startsWith(only));
  if (all.some(({ name }) => name.startsWith(only))) return chosen;
  const families = [...new Set(all.map(({ name }) => name.split(',')[0]!))];
  throw new UsageError(
    `--only: no peer begins with "${only}". ${didYouMean(only, families)} There are: ${families.join(', ')}`,
  );
}

async function measure(chosen: readonly Omit<Entry, 'peer'>[], roundLimit: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  const running: { readonly entry: Entry; readonly result: Result; readonly times: number[] }[] = [];
  let truth: readonly (readonly [number, number])[] | undefined;
  try {
    // One after the other, so that no peer starts while another is compared.
    for (const command of chosen) {
      const { name } = command;
      const peer = new Peer(command);
      const ready = await peer.ready();
      if ('unavailable' in ready) {
        peer.close();
        results.push({ name, unavailable: ready.unavailable });
        continue;
      }
      const result: { -readonly [K in keyof Result]: Result[K] } = { name, ...ready };
      results.push(result);
      running.push({ entry: { ...command, peer }, result, times: [] });
      const { losses } = await peer.steps(COMPARED);
      truth ??= losses;
      result.lossDifference = largestDifference(losses, truth);
      if (!(result.lossDifference <= TOLERANCE)) {
        throw new Error(
          `${name}: its losses ${JSON.stringify(losses)} are not those of ganvas, ${JSON.stringify(truth)}`,
        );
      }
    }
    const rounds = Math.min(roundLimit, Math.max(...running.map(({ entry }) => entry.rounds)));
    for (let round = 0; round < rounds; round++) {
      for (const { entry, times } of running) {
        if (round < entry.rounds) times.push(...(await entry.peer.steps(entry.steps)).times);
      }
    }
    return results.map((result) => {
      const one = running.find((candidate) => candidate.result === result);
      return one === undefined ? result : { ...result, step: summarize(one.times) };
    });
  } finally {
    for (const { entry } of running) entry.peer.close();
  }
}

function largestDifference(
  losses: readonly (readonly [number, number])[],
  truth: readonly (readonly [number, number])[],
): number {
  return Math.max(
    ...truth.flatMap((pair, i) => pair.map((loss, j) => Math.abs(loss - (losses[i]?.[j] ?? Number.NaN)))),
  );
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
