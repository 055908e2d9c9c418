/**
 * The command line of `npm run sweep`, and the trainings that it names: each combination of settings with each seed.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  helpText,
  type Options,
  readCommandLine,
  readWholeNumber,
  readWholeNumbers,
  UsageError,
} from '../../bench/support/command-line.ts';
import { didYouMean } from '../../src/core/check.ts';
import { EVALUATOR_OPTIONS } from '../evaluate-options.ts';
import { parseOptions as parseTraining, RUN_OPTIONS, TRAINING_OPTIONS } from '../options.ts';
import { type ModelName, RUNS } from '../run-folder.ts';

export interface Entry {
  /** From 1. */
  readonly number: number;
  /** The varied settings and the seed, such as `learning-rate=0.001 seed=2`. */
  readonly name: string;
  readonly model: ModelName;
  readonly seed: number;
  readonly epochs: number;
  readonly folder: string;
  /** The arguments of npm run train, without --threads and --resume. */
  readonly args: readonly string[];
}

export interface SweepOptions {
  readonly out: string;
  readonly entries: readonly Entry[];
  /** Trainings at a time. */
  readonly jobs: number;
  /** Threads of each. */
  readonly threads: number;
  /** Print a command for each entry instead of training. */
  readonly list: boolean;
  /** Train this entry only. */
  readonly only: number | undefined;
  readonly evaluate: boolean;
  readonly data: string | undefined;
  readonly classifier: string | undefined;
  readonly count: number;
}

export const USAGE = 'npm run sweep';

const { threads, ...SETTINGS } = TRAINING_OPTIONS;
const { images, size, keep, 'checkpoint-every': checkpointEvery } = RUN_OPTIONS;

/** What goes to every training. */
const PASSED = { ...SETTINGS, images, size, keep, 'checkpoint-every': checkpointEvery } as const;

const OPTIONS = {
  ...PASSED,
  seeds: { type: 'string', value: 'LIST', help: 'each combination with each seed (default 1,2,3)' },
  vary: { type: 'string', multiple: true, value: 'NAME=A,B', help: 'an option above with these values: beta1=0,0.5' },
  jobs: { type: 'string', value: 'N', help: 'trainings at a time (default: one for each core)' },
  threads: { ...threads, help: 'of each training (default: the cores shared out)' },
  evaluate: { type: 'boolean', help: 'compare the pictures of each run with real digits' },
  ...EVALUATOR_OPTIONS,
  out: { type: 'string', value: 'DIR', help: 'output folder (default runs/sweep)' },
  list: { type: 'boolean', help: 'print a command for each training' },
  only: { type: 'string', value: 'I', help: 'run the I-th training of the list only' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

export function help(): string {
  return helpText(USAGE, OPTIONS);
}

/** @throws UsageError for an unknown option, a missing or a wrong value, in the trainings too. */
export function parseOptions(args: readonly string[]): SweepOptions | 'help' {
  const { values } = readCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const { out = join(RUNS, 'sweep'), list = false, evaluate = false, data, classifier } = values;
  const passed: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (name in PASSED) passed.push(value === true ? `--${name}` : `--${name}=${value}`);
  }
  if (evaluate && values.images !== undefined)
    throw new UsageError('--evaluate compares digits, and --images has none');
  const seeds = readWholeNumbers(values, 'seeds', 0) ?? [1, 2, 3];
  const entries = entriesOf(out, passed, (values.vary ?? []).map(readVariation), seeds);
  const cores = availableParallelism();
  const jobs = Math.min(readWholeNumber(values, 'jobs', 1) ?? cores, entries.length);
  const only = readWholeNumber(values, 'only', 1);
  if (only !== undefined && only > entries.length) {
    throw new UsageError(`--only must be at most ${entries.length}, the number of trainings; got ${only}`);
  }
  return {
    ...{ out, entries, jobs, list, only, evaluate, data, classifier },
    threads: readWholeNumber(values, 'threads', 1) ?? Math.max(1, Math.floor(cores / (only === undefined ? jobs : 1))),
    count: readWholeNumber(values, 'count', 8) ?? 10_000,
  };
}

interface Variation {
  readonly name: string;
  readonly values: readonly string[];
}

/** @param text - such as learning-rate=0.001,0.002 */
function readVariation(text: string): Variation {
  const [, name = '', list = ''] = /^(?:--)?([^=]*)=(.*)$/s.exec(text) ?? [];
  const values = list.split(',').filter((value) => value !== '');
  if (values.length === 0) throw new UsageError(`--vary must be NAME=A,B, got "${text}"`);
  if (!(name in SETTINGS)) {
    const hint = didYouMean(name, Object.keys(SETTINGS));
    throw new UsageError(`--vary: ${name} is no option of a training that decides its result. ${hint}`.trim());
  }
  if (new Set(values).size < values.length) throw new UsageError(`--vary ${text} names a value twice`);
  return { name, values };
}

function entriesOf(out: string, passed: readonly string[], variations: readonly Variation[], seeds: readonly number[]) {
  let combinations: readonly (readonly (readonly [name: string, value: string])[])[] = [[]];
  for (const { name, values } of variations) {
    combinations = combinations.flatMap((one) => values.map((value) => [...one, [name, value] as const]));
  }
  const all = combinations.flatMap((settings) => seeds.map((seed) => [...settings, ['seed', `${seed}`] as const]));
  return all.map((settings, i): Entry => {
    const fixed = passed.filter((option) => !settings.some(([name]) => option.startsWith(`--${name}=`)));
    const args = [...fixed, ...settings.map(([name, value]) => `--${name}=${listed(name, value)}`)];
    const training = parseTraining(args);
    if (training === 'help') throw new UsageError(help());
    const name = settings.map(([name, value]) => `${name}=${value}`);
    const { model, seed, epochs } = training;
    const folder = join(out, name.join(',').replaceAll(/[^\w.,=+-]/g, '-'));
    return { number: i + 1, name: name.join(' '), model, seed, epochs, folder, args };
  });
}

/** In options that take a list themselves, + stands for its comma: augment=translation,translation+cutout. */
function listed(name: string, value: string): string {
  return name === 'augment' ? value.replaceAll('+', ',') : value;
}
