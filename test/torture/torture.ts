/**
 * Kills trainings with SIGKILL, at random moments and within saves. After each kill it checks that every checkpoint in
 * the directory is complete, that no completed save is lost, and that the resumed training ends with the bits of the
 * uninterrupted one.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { testRandom } from '../support/mutate.ts';
import type { ChildMessage } from './child.ts';
import { newestHash, runToTheEnd, TOTAL_STEPS, watchedDirectory } from './training.ts';

export interface TortureReport {
  readonly kills: number;
  /** Kills within a save. */
  readonly insideSave: number;
  /** Kills that left a temporary file. */
  readonly leftTemporary: number;
  /** Kills of a training that had been resumed after an earlier kill. */
  readonly ofResumed: number;
}

const CHILD: string = fileURLToPath(new URL('child.ts', import.meta.url));
const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));
/** Number of kills in one directory. */
const KILLS_PER_FOLDER = 3;

/**
 * @param count - number of kills.
 * @param inside - how many of them are within a save.
 * @throws Error with the seed, the number of the kill and the failure.
 */
export async function torture(
  count: number,
  inside: number,
  seed: number,
  progress: (report: TortureReport) => void = () => {},
): Promise<TortureReport> {
  const random = testRandom(seed);
  const top = mkdtempSync(join(tmpdir(), 'ganvas-torture-'));
  const report = { kills: 0, insideSave: 0, leftTemporary: 0, ofResumed: 0 };
  try {
    const reference = await referenceRun(join(top, 'reference'));
    for (let round = 0; report.kills < count; round++) {
      const folder = join(top, `run-${round}`);
      let saved = 0;
      for (let turn = 0; turn < KILLS_PER_FOLDER && report.kills < count; turn++) {
        const left = count - report.kills;
        const withinSave = random.below(left) < inside - report.insideSave;
        const remaining = 1 - saved / TOTAL_STEPS;
        const call = withinSave ? 1 + random.below(Math.floor(remaining * reference.calls)) : 0;
        const death = await killOne(folder, call, random.below(Math.ceil(remaining * reference.milliseconds)));
        // The training ended before the kill, so nothing is counted.
        if (death === undefined) break;
        saved = Math.max(saved, death.saved);
        report.kills++;
        if (withinSave) report.insideSave++;
        if (turn > 0) report.ofResumed++;
        if (temporaries(folder).length > 0) report.leftTemporary++;
        try {
          await checkSurvivors(folder, join(top, 'copy'), saved, reference.hash);
        } catch (cause) {
          throw new Error(`seed ${seed}, kill ${report.kills}, call ${call}, ${folder}: ${String(cause)}`, { cause });
        }
        progress(report);
      }
      rmSync(folder, { recursive: true, force: true });
    }
    return report;
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** The uninterrupted run: the hash of its last state, its time, and the number of file system calls in its saves. */
async function referenceRun(folder: string): Promise<{ hash: string; milliseconds: number; calls: number }> {
  let calls = 0;
  const begin = performance.now();
  await runToTheEnd(watchedDirectory(folder, () => calls++));
  return { hash: await newestHash(folder), milliseconds: performance.now() - begin, calls };
}

/**
 * Starts a training and kills it at file system call number `call`, or if that is 0, `delay` milliseconds after its
 * first step. Resolves to undefined if the training ended before.
 */
function killOne(folder: string, call: number, delay: number): Promise<{ saved: number } | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [folder, `${call}`], { cwd: ROOT, execArgv: ['--import', 'tsx'] });
    let saved = 0;
    let timer: NodeJS.Timeout | undefined;
    child.on('message', (message: ChildMessage) => {
      if (message === 'inside a save') child.kill('SIGKILL');
      else if (message === 'started') timer = call === 0 ? setTimeout(() => child.kill('SIGKILL'), delay) : undefined;
      else saved = message.saved;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ saved });
      else if (code === 0) resolve(undefined);
      else reject(new Error(`the training was not killed; it ended with code ${code}, signal ${signal}`));
    });
  });
}

/** Checks the directory, then resumes the training in a copy of it. */
async function checkSurvivors(folder: string, copy: string, saved: number, hash: string): Promise<void> {
  for (const { name, read } of await checkpointDirectory(folder).list()) {
    const bytes = await read();
    try {
      decodeCheckpoint(bytes);
    } catch (error) {
      throw new Error(`${name} is damaged: ${String(error)}`);
    }
  }
  rmSync(copy, { recursive: true, force: true });
  // A kill before the first save leaves no directory.
  if (temporaries(folder).length + (await checkpointDirectory(folder).list()).length > 0) {
    cpSync(folder, copy, { recursive: true });
  }
  const begin = await runToTheEnd(checkpointDirectory(copy));
  if (begin < saved) throw new Error(`step ${saved} was saved, but the resumed training started at step ${begin}`);
  const end = await newestHash(copy);
  if (end !== hash) throw new Error(`resumed at step ${begin}, the training ended with ${end} instead of ${hash}`);
  // The saves remove what the kill left. A training that was killed after its last step makes no save.
  const files = readdirSync(copy);
  if (begin < TOTAL_STEPS && files.length !== 2) throw new Error(`at the end the directory has ${files.join(', ')}`);
}

function temporaries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.tmp'));
  } catch {
    return [];
  }
}
