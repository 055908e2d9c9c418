/** Sweeps as a user runs them, in processes of their own, on a few digits; the list of trainings and its mistakes. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { help, parseOptions, type SweepOptions } from '../../examples/sweep/options.ts';
import { type Result, settingsTable } from '../../examples/sweep/results.ts';
import { createRandom, digitClassifier, encodeWeights } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-sweep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sweep(...args: string[]) {
  const script = ['--import', 'tsx', 'examples/sweep.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not come true within a minute');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const parsed = (line: string): SweepOptions => {
  const options = parseOptions(line.split(' ').filter((one) => one !== ''));
  if (options === 'help') throw new Error('help was not asked for');
  return options;
};

const SMALL = ['--model', 'dense', '--limit', '32', '--batch-size', '16'];

describe('npm run sweep', () => {
  test('goes on after a failure, does not repeat what is finished, goes on with more epochs, evaluates', {
    timeout: 240_000,
  }, () => {
    const out = join(folder, 'out');
    // The second learning rate is so large that the weights become infinite.
    const args = [...SMALL, '--vary', 'learning-rate=0.001,100000000000000000000000000000000000000', '--seeds', '5'];
    const first = sweep(...args, '--epochs', '1', '--out', out);
    expect(first.status, first.stderr).toBe(1);
    expect(first.stdout).toMatch(/^1 learning-rate=0.001 seed=5 +finished +1 +\d+ +\d+\.\d{3} +\d+\.\d{3}$/m);
    expect(first.stdout).toMatch(/^2 learning-rate=1(0+) seed=5 +failed /m);
    expect(first.stdout).toMatch(/^learning-rate=1(0+) seed=5: trainGan: /m);

    const classifier = join(folder, 'classifier.safetensors');
    const { features, head } = digitClassifier({ random: createRandom(5) });
    writeFileSync(classifier, encodeWeights({ features, head }));
    const judge = ['--evaluate', '--classifier', classifier, '--count', '8'];
    const good = [...SMALL, '--vary', 'learning-rate=0.001', '--seeds', '5', '--out', out, ...judge];
    const same = sweep(...good, '--epochs', '1');
    expect(same.status, same.stderr).toBe(0);
    expect(same.stderr).not.toContain('started');
    const more = sweep(...good, '--epochs', '2');
    expect(more.stderr).toMatch(/^1\/1 learning-rate=0.001 seed=5 resumed/m);
    expect(more.stdout).toMatch(/^1 learning-rate=0.001 seed=5 +finished +2 .* \d+\.\d{2}$/m);
    expect(more.stdout).toMatch(/^learning-rate=0.001 +1 +\d+\.\d{2} /m);
    expect(readFileSync(join(out, 'sweep.txt'), 'utf8')).toBe(more.stdout);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain('<dt>epochs</dt><dd>2 of 2</dd>');
    expect(report).toContain('alt="Samples of epoch 2: learning-rate=0.001 seed=5"');

    const other = sweep(...good, '--epochs', '2', '--beta1', '0.5');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('has a training learning-rate=0.001 seed=5 with other settings');
  });

  test('lists commands that give the same trainings one by one', () => {
    const out = join(folder, 'listed');
    const args = [...SMALL, '--epochs', '1', '--seeds', '1,2', '--out', out];
    const lines = sweep(...args, '--list')
      .stdout.trimEnd()
      .split('\n');
    const share = Math.max(1, Math.floor(availableParallelism() / Math.min(2, availableParallelism())));
    expect(lines).toEqual([1, 2].map((i) => `npm run sweep -- ${args.join(' ')} --threads ${share} --only ${i}`));
    const two = sweep(...args, '--list', '--threads', '2').stdout.split('\n');
    expect(two[0]).toBe(`npm run sweep -- ${args.join(' ')} --threads 2 --only 1`);
    const second = sweep(...args, '--only', '2');
    expect(second.stdout.split('\n').slice(2)).toEqual([expect.stringMatching(/^2 seed=2 +finished/), '']);
    expect(sweep(...args).stderr).not.toContain('seed=2 started');
  });
});

describe('a sweep that is stopped', () => {
  const rows = (run: string): string[] => readFileSync(join(run, 'losses.csv'), 'utf8').trimEnd().split('\n');

  test('killed: its training stops too, saves its state, and goes on with the same bits', {
    timeout: 240_000,
  }, async () => {
    const out = join(folder, 'killed');
    const args = [...SMALL, '--seeds', '7', '--threads', '1', '--out', out];
    const run = join(out, 'seed=7');
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/sweep.ts', ...args, '--epochs', '5000']);
    await until(() => existsSync(join(run, 'epoch-002.png')));
    child.kill('SIGKILL');
    // Nobody waits for the training now; it says so itself when it has saved its state.
    await until(() => readFileSync(join(run, 'log.txt'), 'utf8').includes('Stopped: the state is saved'));

    const epochs = `${Number(rows(run).at(-1)!.split(',')[0]) + 1}`;
    const again = sweep(...args, '--epochs', epochs);
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr).toContain('1/1 seed=7 resumed');
    const straight = join(folder, 'straight');
    const other = ['--seeds', '7', '--threads', '2', '--out', straight, '--epochs', epochs];
    expect(sweep(...SMALL, ...other).status).toBe(0);
    expect(rows(run)).toEqual(rows(join(straight, 'seed=7')));
    const [one, two] = [run, join(straight, 'seed=7')].map((path) => readFileSync(join(path, 'generator.safetensors')));
    expect(Buffer.compare(one!, two!)).toBe(0);
  });

  test('Ctrl-C: all trainings save, no other begins, and the exit code is 130', { timeout: 240_000 }, async () => {
    const out = join(folder, 'stopped');
    const args = [...SMALL, '--seeds', '1,2,3', '--jobs', '2', '--epochs', '5000', '--out', out];
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/sweep.ts', ...args]);
    const ended = new Promise((resolve) => {
      child.on('close', resolve);
    });
    await until(() => [1, 2].every((seed) => existsSync(join(out, `seed=${seed}`, 'epoch-001.png'))));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(existsSync(join(out, 'seed=3'))).toBe(false);
    for (const seed of [1, 2]) {
      expect(readFileSync(join(out, `seed=${seed}`, 'log.txt'), 'utf8')).toContain('Stopped: the state is saved');
    }
  });
});

test('a folder that cannot be made is a failure of that training only', () => {
  const out = join(folder, 'blocked');
  mkdirSync(out);
  writeFileSync(join(out, 'seed=1'), 'a file in its place');
  const { status, stdout, stderr } = sweep(...SMALL, '--seeds', '1,2', '--epochs', '1', '--out', out);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^seed=1: .*(EEXIST|ENOTDIR)/m);
  expect(stdout).toMatch(/^1 seed=1 +failed /m);
  expect(stdout).toMatch(/^2 seed=2 +finished /m);
}, 120_000);

describe('the list', () => {
  test('takes what every training can have; + stands for the comma of a list', () => {
    const { entries } = parsed(
      '--images shapes --size 16 --keep 1,2 --vary augment=cutout,translation+cutout --seeds 1',
    );
    expect(entries[1]!.name).toBe('augment=translation+cutout seed=1');
    expect(entries[1]!.args).toEqual([
      ...['--images=shapes', '--size=16', '--keep=1,2', '--augment=translation,cutout', '--seed=1'],
    ]);
  });

  test('has each combination with each seed, the last setting varying fastest', () => {
    const { entries, jobs, threads } = parsed(
      '--vary model=dense,conv --vary beta1=0,0.5 --seeds 7,8 --jobs 3 --beta1 0.9 --wide',
    );
    expect(entries.map(({ name }) => name)).toEqual(
      ['dense', 'conv'].flatMap((model) =>
        [0, 0.5].flatMap((beta1) => [7, 8].map((seed) => `model=${model} beta1=${beta1} seed=${seed}`)),
      ),
    );
    expect(entries[4]!.folder).toBe(join('runs', 'sweep', 'model=conv,beta1=0,seed=7'));
    // The varied value replaces the fixed one.
    expect(entries[4]!.args).toEqual(['--wide', '--model=conv', '--beta1=0', '--seed=7']);
    expect([jobs, threads >= 1]).toEqual([3, true]);
  });

  test.each([
    ['--vary learning-rte=1', '--vary: learning-rte is no option of a training that decides its result. Did you mean'],
    ['--vary beta1', '--vary must be NAME=A,B, got "beta1"'],
    ['--vary beta1=0.5,0.5', '--vary beta1=0.5,0.5 names a value twice'],
    ['--vary beta1=a', '--beta1 must be a number such as 0.25, got "a"'],
    ['--seeds 1 --only 2', '--only must be at most 1, the number of trainings; got 2'],
    ['--evaluate --images shapes', '--evaluate compares digits, and --images has none'],
    ['--jobs 0', '--jobs must be a whole number of at least 1, got "0"'],
  ])('%s is refused', (line, message) => {
    expect(() => parsed(line)).toThrow(UsageError);
    expect(() => parsed(line)).toThrow(message);
  });

  test('the help text fits 80 columns', () => {
    for (const line of help().split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

test('settings are listed by the median of their seeds, the best first', () => {
  const { entries } = parsed('--vary beta1=0,0.5 --seeds 1,2,3');
  const distances = [9, 30, 10, 8, 7, 11];
  const results = entries.map(
    (entry, i): Result => ({ entry, state: 'finished', seconds: 1, losses: {}, distance: distances[i], failure: '' }),
  );
  expect(settingsTable(results).slice(1)).toEqual([
    ['beta1=0.5', '3', '8.00', '7.00 to 11.00'],
    ['beta1=0', '3', '10.00', '9.00 to 30.00'],
  ]);
});
