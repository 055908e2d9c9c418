/** What the trainings of a sweep came to: a row for each, and medians over the seeds of equal settings. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../bench/support/timing.ts';
import { scope } from '../../src/index.ts';
import { createEvaluator } from '../evaluator.ts';
import { readLosses } from '../report/losses.ts';
import { finalGenerator, readDescription, writeText } from '../run-folder.ts';
import { readGenerator } from '../saved-generator.ts';
import { lastLine, type State, stateOf } from './jobs.ts';
import type { Entry, SweepOptions } from './options.ts';

export interface Result {
  readonly entry: Entry;
  readonly state: State;
  /** Seconds of all epochs, when finished. */
  readonly seconds: number | undefined;
  /** Mean losses of the last epoch. */
  readonly losses: Readonly<Record<string, number>>;
  /** Frechet distance to real digits, if it was evaluated. */
  readonly distance: number | undefined;
  /** The last line of the log of a training that failed. */
  readonly failure: string;
}

export function resultsOf(options: SweepOptions, failed: ReadonlySet<number>): Result[] {
  const distances = readDistances(options);
  return options.entries.map((entry): Result => {
    const state = failed.has(entry.number) ? 'failed' : stateOf(entry);
    const finished = state === 'finished';
    return {
      entry,
      state,
      seconds: finished ? readDescription(entry.folder)?.seconds : undefined,
      losses: meanLosses(entry),
      distance: finished ? distances[keyOf(entry)] : undefined,
      failure: state === 'failed' ? lastLine(entry) : '',
    };
  });
}

/** Evaluates the finished trainings that have no distance yet. Each distance is saved at once, in distances.json. */
export async function evaluateFinished(options: SweepOptions, signal: AbortSignal): Promise<void> {
  const { out, entries, data, classifier, count } = options;
  const distances = { ...readDistances(options) };
  const open = entries.filter((entry) => stateOf(entry) === 'finished' && distances[keyOf(entry)] === undefined);
  if (open.length === 0) return;
  const evaluator = await createEvaluator({ data, classifier, count, seed: 0 }, (text) => console.error(text));
  for (const entry of open) {
    if (signal.aborted) return;
    console.error(`${entry.name}: ${evaluator.count} pictures`);
    const { draw } = readGenerator(finalGenerator(entry.folder), entry.model);
    const { metrics } = scope(() => evaluator.rowOf(entry.name, draw(evaluator.count, 0)));
    distances[keyOf(entry)] = metrics.frechetDistance;
    const protocol = protocolOf(options);
    await writeText(join(out, DISTANCES), JSON.stringify({ protocol, distances }, undefined, 2));
  }
}

const DISTANCES = 'distances.json';

interface Distances {
  /** With what the pictures were compared. */
  readonly protocol: string;
  readonly distances: Readonly<Record<string, number>>;
}

/** None if they were measured with another number of pictures, other digits or another classifier. */
function readDistances(options: SweepOptions): Readonly<Record<string, number | undefined>> {
  const path = join(options.out, DISTANCES);
  if (!existsSync(path)) return {};
  const saved: Distances = JSON.parse(readFileSync(path, 'utf8'));
  return saved.protocol === protocolOf(options) ? saved.distances : {};
}

function protocolOf({ count, data, classifier }: SweepOptions): string {
  return `${count} pictures, ${data ?? 'examples/data'}, ${classifier ?? 'own classifier'}`;
}

/** A training that goes on for more epochs is evaluated again. */
function keyOf({ name, epochs }: Entry): string {
  return `${name} epochs=${epochs}`;
}

function meanLosses({ folder }: Entry): Record<string, number> {
  const { series } = readLosses(folder, 1);
  return Object.fromEntries(
    series.filter(({ isLoss }) => isLoss).map(({ name, mean }) => [`${name} loss`.trim(), mean]),
  );
}

/** The header and a row for each training. */
export function resultTable(results: readonly Result[]): readonly (readonly string[])[] {
  const columns = [...new Set(results.flatMap(({ losses }) => Object.keys(losses)))];
  const evaluated = results.some(({ distance }) => distance !== undefined);
  const shown = (value: number | undefined, decimals: number): string => value?.toFixed(decimals) ?? '';
  const header = ['training', 'state', 'epochs', 'seconds', ...columns];
  const rows = results.map(({ entry, state, seconds, losses, distance }) => [
    ...[`${entry.number} ${entry.name}`, state, `${entry.epochs}`, shown(seconds, 0)],
    ...columns.map((name) => shown(losses[name], 3)),
    ...(evaluated ? [shown(distance, 2)] : []),
  ]);
  return [[...header, ...(evaluated ? ['Frechet'] : [])], ...rows];
}

/** For each setting with several evaluated seeds, the median distance first; the best setting at the top. */
export function settingsTable(results: readonly Result[]): readonly (readonly string[])[] {
  const groups = new Map<string, number[]>();
  for (const { entry, distance } of results) {
    const setting = entry.name.replace(/ ?seed=\d+$/, '') || entry.model;
    if (distance !== undefined) groups.set(setting, [...(groups.get(setting) ?? []), distance]);
  }
  const rows = [...groups].map(([setting, distances]) => ({ setting, distances, middle: median(distances) }));
  const lines = rows
    .sort((a, b) => a.middle - b.middle)
    .map(({ setting, distances, middle }) => {
      const range = [Math.min(...distances), Math.max(...distances)].map((value) => value.toFixed(2));
      return [setting, `${distances.length}`, middle.toFixed(2), range.join(' to ')];
    });
  return lines.length === 0 ? [] : [['setting', 'seeds', 'median Frechet', 'range'], ...lines];
}
