import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { open, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { RuntimeError } from '../../src/core/errors.ts';
import { xxh32 } from '../../src/core/xxhash.ts';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { type Claim, claimFolder } from '../../src/node/claim.ts';
import { EPOCHS, runTiny } from '../gan/tiny.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';
import { expectRejection } from '../support/thrown.ts';
import { SystemError } from '../torture/hooked-file-system.ts';

const newFolder = temporaryFolders();
const fileSystem = { open, readdir, rename, stat, unlink, utimes };
const QUICK = { beat: 40, patience: 240 };
const HERE = xxh32(new TextEncoder().encode(hostname())).toString(16).padStart(8, '0');

let number = 0;
function claimOf(host: string, pid: number): string {
  return `.ganvas-training-${host}-${pid}-${String(++number).padStart(12, '0')}.claim`;
}

const claims: Claim[] = [];
afterEach(async () => {
  for (const claim of claims.splice(0)) await claim.release();
});
async function claim(folder: string, system = fileSystem): Promise<Claim> {
  const made = await claimFolder(system, folder, QUICK);
  claims.push(made);
  return made;
}

describe('claimFolder', () => {
  it('leaves an empty file as long as it is held', async () => {
    const folder = newFolder();
    const { name, release } = await claim(folder);
    expect(name).toMatch(new RegExp(`^\\.ganvas-training-${HERE}-${process.pid}-[\\da-f]{12}\\.claim$`));
    expect(readdirSync(folder)).toEqual([name]);
    await release();
    expect(readdirSync(folder)).toEqual([]);
    await claim(folder);
  });

  it('refuses at once a folder that this process has claimed already', async () => {
    const folder = newFolder();
    const { name } = await claim(folder);
    const start = performance.now();
    const error = await rejection(claim(folder));
    expect(performance.now() - start).toBeLessThan(200);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          `another training, process ${process.pid} of this machine, saves in the directory ".*choose another`,
        ),
      ),
    });
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('removes at once the claims of ended processes, also of one that had the same process id', async () => {
    const folder = newFolder();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const namesake = claimOf(HERE, process.pid);
    for (const name of [claimOf(HERE, dead), namesake]) writeFileSync(join(folder, name), '');
    utimesSync(join(folder, namesake), new Date(0), new Date(0));
    const start = performance.now();
    const { name } = await claim(folder);
    expect(performance.now() - start).toBeLessThan(QUICK.patience);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each([
    ['of another machine', claimOf('00000000', 7)],
    ['whose number a living process has now', claimOf(HERE, process.ppid)],
    ['of another thread, or another copy of the library, that was terminated', claimOf(HERE, process.pid)],
  ])('takes over a claim %s when nobody renews it, and not before', async (_, name) => {
    const folder = newFolder();
    writeFileSync(join(folder, name), '');
    const start = performance.now();
    const { name: own } = await claim(folder);
    expect(performance.now() - start).toBeGreaterThan(QUICK.patience - 10);
    expect(readdirSync(folder)).toEqual([own]);
  });

  it('refuses a folder that another machine holds: its claim is renewed', async () => {
    const folder = newFolder();
    const name = claimOf('00000000', 4711);
    writeFileSync(join(folder, name), '');
    const timer = setInterval(() => utimesSync(join(folder, name), new Date(), new Date()), QUICK.beat);
    const error = await rejection(claim(folder));
    clearInterval(timer);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error).toMatchObject({ message: expect.stringMatching(/process 4711 of another machine, saves in/) });
    expect(readdirSync(folder)).toEqual([name]);
  });

  it('gives the claim to a waiting training when it is released meanwhile', async () => {
    const folder = newFolder();
    const name = claimOf('00000000', 4711);
    writeFileSync(join(folder, name), '');
    setTimeout(() => rmSync(join(folder, name)), 60);
    const start = performance.now();
    await claim(folder);
    expect(performance.now() - start).toBeLessThan(QUICK.patience);
  });

  it('ignores a released claim, even if its file could not be removed', async () => {
    const folder = newFolder();
    const stubborn = { ...fileSystem, unlink: () => Promise.reject(new SystemError('EIO')) };
    const first = await claim(folder, stubborn);
    await first.release();
    expect(readdirSync(folder)).toEqual([first.name]);
    const start = performance.now();
    const second = await claim(folder);
    expect(performance.now() - start).toBeLessThan(QUICK.patience);
    expect(readdirSync(folder)).toEqual([second.name]);
  });

  it('does not keep the process running, and stays valid if renewals fail', async () => {
    const folder = newFolder();
    let beats = 0;
    const system = {
      ...fileSystem,
      utimes: () => {
        beats++;
        return Promise.reject(new SystemError('EIO'));
      },
    };
    await claim(folder, system);
    await new Promise((resolve) => setTimeout(resolve, 4 * QUICK.beat));
    expect(beats).toBeGreaterThan(1);
  });
});

const CHILD = fileURLToPath(new URL('../torture/claiming-child.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that trains in the folder, and its messages. */
async function trainElsewhere(folder: string): Promise<{ child: ChildProcess; message(): Promise<unknown> }> {
  const child = fork(CHILD, [folder], { execArgv: ['--import', 'tsx'] });
  children.push(child);
  const message = (): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));
  expect(await message()).toBe('training');
  return { child, message };
}

describe('two trainings in one folder', () => {
  const training = (folder: string, epochs = EPOCHS) =>
    runTiny({ checkpoint: checkpointDirectory(folder), resume: true, epochs });

  it('the second is refused before its first step, and the first one loses nothing', async () => {
    const folder = newFolder();
    const { child } = await trainElsewhere(folder);
    const steps: unknown[] = [];
    const outcome = runTiny({ checkpoint: checkpointDirectory(folder), onStep: (event) => steps.push(event) });
    await expectRejection(outcome, RuntimeError, `another training, process ${child.pid} of this`);
    expect(steps).toEqual([]);

    // Killed at any moment, it stands in nobody's way.
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(readdirSync(folder).filter((name) => name.endsWith('.claim'))).toHaveLength(1);
    const start = performance.now();
    await checkpointDirectory(folder).open?.();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('a suspended training loses the folder; its next save rejects and deletes no newer checkpoint', async () => {
    const folder = newFolder();
    const { child, message } = await trainElsewhere(folder);
    child.kill('SIGSTOP');
    await claim(folder);
    const told = message();
    child.kill('SIGCONT');
    expect(await told).toMatch(
      /^RuntimeError: checkpointDirectory: another training, process \d+ of this machine, saves/,
    );
  });

  it("a training that is frozen until another one has ended does not delete the other's checkpoints", async () => {
    const folder = newFolder();
    const { child, message } = await trainElsewhere(folder);
    child.kill('SIGSTOP');
    const { release } = await claim(folder);
    const [newest] = await checkpointDirectory(folder).list();
    const later = checkpointDirectory(folder);
    await later.save(await newest!.read());
    await later.save(await newest!.read());
    await release();
    const kept = readdirSync(folder);
    const told = message();
    child.kill('SIGCONT');
    expect(await told).toMatch(
      /^RuntimeError: .*another training has saved checkpoint-\d+.*Nothing was saved or deleted/,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith('checkpoint'))).toEqual(kept);
  });

  it('one after the other is as before', async () => {
    const folder = newFolder();
    await training(folder, 1);
    await training(folder, 2);
    await training(folder);
    expect(readdirSync(folder)).toEqual(['checkpoint-000002.safetensors', 'checkpoint-000003.safetensors']);
  });
});
