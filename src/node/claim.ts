/**
 * Allows one training at a time in a folder, without a lock that a killed process could leave behind. A training
 * creates an empty file, its claim, whose name identifies its process,
 *   .ganvas-training-<hash of the host's name>-<process>-<random>.claim
 * and looks for the claims of others. A claim counts as long as its process lives:
 *   - one of this machine is dead at once if the system knows no process of that number;
 *   - any other (of another machine, or with a number that another process may have by now) is watched: a living
 *     process renews the time of its claim every two seconds, and a claim that was not renewed for ten is dead.
 * Dead claims are removed. Two trainings that begin in the same moment may see each other; both step back, and try
 * again at different times.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RuntimeError } from '../core/errors.ts';
import { xxh32 } from '../core/xxhash.ts';
import { codeOf, type FileSystem } from './files.ts';

/** The functions of `node:fs/promises` that claims need. */
export interface ClaimFileSystem extends FileSystem {
  /** The names in a directory. */
  readdir(path: string): Promise<string[]>;
  /** When a file was last changed. */
  stat(path: string): Promise<{ readonly mtimeMs: number }>;
  /** Changes these times. */
  utimes(path: string, accessed: Date, modified: Date): Promise<void>;
}

export interface Claim {
  /** The name of its file. */
  readonly name: string;
  /** Releases the folder. It does not fail: a claim that cannot be removed counts as dead from now on. */
  release(): Promise<void>;
}

/** In milliseconds. */
interface ClaimTiming {
  /** How often a claim is renewed. */
  readonly beat: number;
  /** After how long without a renewal it is dead. */
  readonly patience: number;
}

const TIMING: ClaimTiming = { beat: 2000, patience: 10_000 };
const TRIES = 4;

const CLAIM_NAME = /^\.ganvas-training-([\da-f]{8})-(\d+)-[\da-f]{12}\.claim$/;
const HOST: string = xxh32(new TextEncoder().encode(hostname())).toString(16).padStart(8, '0');

/** The claims that this process has made, and whether it still holds them. */
const made = new Map<string, 'held' | 'released'>();

/**
 * Claims a folder, which must exist.
 *
 * @throws RuntimeError if another training holds it, and what the file system rejects with.
 */
export async function claimFolder(
  fileSystem: ClaimFileSystem,
  folder: string,
  timing: ClaimTiming = TIMING,
): Promise<Claim> {
  for (let attempt = 1; ; attempt++) {
    const claim = await putDown(fileSystem, folder, timing);
    try {
      const rival = await livingRival(fileSystem, folder, claim.name, timing);
      if (rival === undefined) return claim;
      if (attempt === TRIES || made.get(rival) === 'held') {
        throw new RuntimeError(
          `checkpointDirectory: another training, ${ownerOf(rival)}, saves in the directory "${folder}". ` +
            'Two would delete the checkpoints of each other: wait until it has ended, or choose another directory.',
        );
      }
    } catch (error) {
      await claim.release();
      throw error;
    }
    await claim.release();
    await delay(attempt * randomInt(50, 100));
  }
}

async function putDown(fileSystem: ClaimFileSystem, folder: string, { beat }: ClaimTiming): Promise<Claim> {
  const name = `.ganvas-training-${HOST}-${process.pid}-${randomBytes(6).toString('hex')}.claim`;
  const path = join(folder, name);
  made.set(name, 'held');
  const renew = (): void => {
    const now = new Date();
    // If it fails, others may take this training for dead. It is told so at its next save.
    fileSystem.utimes(path, now, now).catch(() => {});
  };
  const timer = setInterval(renew, beat);
  timer.unref();
  const claim = {
    name,
    async release() {
      clearInterval(timer);
      made.set(name, 'released');
      await fileSystem.unlink(path).catch(() => {});
    },
  };
  try {
    const file = await fileSystem.open(path, 'wx');
    await file.close();
  } catch (error) {
    await claim.release();
    throw error;
  }
  return claim;
}

/** The name of a claim in the folder whose process lives. Those of dead processes are removed. */
async function livingRival(
  fileSystem: ClaimFileSystem,
  folder: string,
  own: string,
  timing: ClaimTiming,
): Promise<string | undefined> {
  const rivals = (await fileSystem.readdir(folder)).filter((name) => CLAIM_NAME.test(name) && name !== own);
  const verdicts = await Promise.all(
    rivals.map(async (name) => {
      const path = join(folder, name);
      if (await lives(fileSystem, path, name, timing)) return name;
      await fileSystem.unlink(path).catch(() => {});
      return undefined;
    }),
  );
  return verdicts.find((name) => name !== undefined);
}

async function lives(
  fileSystem: ClaimFileSystem,
  path: string,
  name: string,
  { beat, patience }: ClaimTiming,
): Promise<boolean> {
  const known = made.get(name);
  if (known !== undefined) return known === 'held';
  const [, host, pid] = CLAIM_NAME.exec(name) ?? [];
  if (host === HOST && !isAlive(Number(pid))) return false;
  const time = (): Promise<number | undefined> =>
    fileSystem.stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const first = await time();
  // In a container, each run may have the same number: the claim of an earlier one is older than this process.
  if (host === HOST && Number(pid) === process.pid && (first ?? 0) < processStart()) return false;
  for (let waited = 0; waited < patience; waited += beat / 4) {
    await delay(beat / 4);
    const now = await time();
    if (now === undefined) return false;
    if (now !== first) return true;
  }
  return false;
}

function ownerOf(claim: string): string {
  const [, host, pid] = CLAIM_NAME.exec(claim) ?? [];
  return `process ${pid} ${host === HOST ? 'of this machine' : 'of another machine'}`;
}

/** When this process began, in milliseconds since 1970. */
export function processStart(): number {
  return Date.now() - 1000 * process.uptime();
}

/** Whether this machine runs a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
