/** Sweeps as a user runs them, in processes of their own, on a few digits; the list of trainings and its mistakes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
    expect(lines).toEqual([1, 2].map((i) => `npm run sweep -- ${args.join(' ')} --only ${i}`));
    const second = sweep(...args, '--only', '2');
    expect(second.stdout.split('\n').slice(2)).toEqual([expect.stringMatching(/^2 seed=2 +finished/), '']);
    expect(sweep(...args).stderr).not.toContain('seed=2 started');
  });
});

describe('the list', () => {
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
