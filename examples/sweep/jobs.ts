/** Runs trainings side by side, one process each, and says what became of each. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/core/errors.ts';
import { readDescription } from '../run-folder.ts';
import type { Entry, SweepOptions } from './options.ts';

/** `waiting`: not begun. `stopped`: begun, and can go on. */
export type State = 'finished' | 'stopped' | 'failed' | 'waiting';

/** What npm run train writes to the terminal. */
export const LOG = 'log.txt';

const TRAIN = fileURLToPath(new URL('../train.ts', import.meta.url));
const LEASH: string = new URL('leash.ts', import.meta.url).href;

/** What the folder tells of a training that is not running. */
export function stateOf({ folder, epochs }: Entry): State {
  const description = existsSync(folder) ? readDescription(folder) : undefined;
  if (description === undefined) return 'waiting';
  return description.seconds !== undefined && description.epochs === epochs ? 'finished' : 'stopped';
}

/**
 * Trains the entries that are not finished, `jobs` at a time, each in the order of the list. A training that was begun
 * before goes on from its last checkpoint. One that fails does not stop the others.
 *
 * @param onChange - called when a training starts and when it has ended.
 * @returns the numbers of the entries whose process failed.
 */
export async function runJobs(
  entries: readonly Entry[],
  { jobs, threads }: Pick<SweepOptions, 'jobs' | 'threads'>,
  signal: AbortSignal,
  onChange: (entry: Entry, change: 'started' | 'resumed' | State) => void,
): Promise<ReadonlySet<number>> {
  const failed = new Set<number>();
  const queue = entries.filter((entry) => stateOf(entry) !== 'finished');
  const work = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined && !signal.aborted; entry = queue.shift()) {
      const resume = stateOf(entry) === 'stopped';
      onChange(entry, resume ? 'resumed' : 'started');
      try {
        await train(entry, threads, resume, signal);
      } catch (error) {
        // No process was started: the folder cannot be made, for example.
        console.error(`${entry.name}: ${messageOf(error)}`);
      }
      const state = stateOf(entry);
      const ok = state === 'finished' || signal.aborted;
      if (!ok) failed.add(entry.number);
      onChange(entry, ok ? state : 'failed');
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return failed;
}

/** The last line that a training has written, for the user to see why it failed. */
export function lastLine({ folder }: Entry): string {
  const path = join(folder, LOG);
  return existsSync(path) ? (readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '') : '';
}

/** Resolves when the process has ended, whatever became of it. */
function train(entry: Entry, threads: number, resume: boolean, signal: AbortSignal): Promise<void> {
  const { folder, args } = entry;
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, LOG), resume ? 'a' : 'w');
  const all = [...process.execArgv, '--import', LEASH, TRAIN, ...args, '--out', folder, '--threads', `${threads}`];
  const child = spawn(process.execPath, resume ? [...all, '--resume'] : all, { stdio: ['pipe', log, log] });
  closeSync(log);
  // A training that ends at once closes its input first.
  child.stdin?.on('error', () => {});
  // The training saves its state and ends.
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
