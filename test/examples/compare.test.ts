/** Runs the comparison as a user does, in its own process, on a few digits. The program is tested, not the pictures. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { help, parseOptions, plan } from '../../examples/compare-options.ts';
import { createRandom, digitClassifier, encodeWeights } from '../../src/index.ts';
import { readPng } from '../image/png-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-compare-'));
const classifier = join(folder, 'classifier.safetensors');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const { features, head } = digitClassifier({ random: createRandom(5) });
  writeFileSync(classifier, encodeWeights({ features, head }));
});

function compare(...args: string[]) {
  const script = ['--import', 'tsx', 'examples/compare.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('examples/compare.ts', () => {
  test('trains five models, then uses the finished runs; writes a table and a picture of six rows', {
    timeout: 240_000,
  }, () => {
    const out = join(folder, 'out');
    const judging = ['--out', out, '--classifier', classifier, '--count', '8'];
    const first = compare('--limit', '16', '--epochs', '1', '--seeds', '3', ...judging);
    expect(first.status, first.stderr).toBe(0);
    expect(first.stderr.match(/^training /gm)).toHaveLength(5);
    const names = ['dense, seed 3', 'refined, seed 3', 'conv 0.25, seed 3', 'compact 1, seed 3', 'autoencoder, seed 3'];
    for (const name of names)
      expect(first.stdout).toMatch(new RegExp(`^\\| ${name} \\| 16 \\| 16 \\| 1 \\| \\d+ \\|`, 'm'));
    // The lines of the trainings come first.
    const text = readFileSync(join(out, 'comparison.md'), 'utf8');
    expect(first.stdout.endsWith(`\n${text}`)).toBe(true);
    // 16 columns and 6 rows of 28 pixels, with margins of 2, twice as large.
    const { width, height } = readPng(readFileSync(join(out, 'comparison.png')));
    expect([width, height]).toEqual([2 * (16 * 30 + 2), 2 * (6 * 30 + 2)]);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect([...report.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, heading]) => heading)).toEqual([
      ...['Real images', ...names, 'All figures', 'Repeat it'],
    ]);
    // Each run has one chart of losses.
    expect(report.match(/<svg /g)).toHaveLength(5);
    expect(report).toContain('npm run compare -- --limit 16 --epochs 1 --seeds 3 --out ');
    expect(statSync(join(out, 'autoencoder-3', 'epoch-001.png')).size).toBeGreaterThan(0);

    const again = compare('--limit', '16', '--epochs', '1', '--seeds', '3', ...judging);
    expect(again.stderr).not.toContain('training ');
    expect(again.stdout).toBe(text);
    const ready = compare('--runs', join(out, 'refined-3'), '--limit', '16', ...judging);
    expect(ready.stdout).toMatch(/^\| refined, seed 3 \|/m);
    expect(ready.stdout).not.toContain('dense, seed 3');

    // Two runs of one model and seed have their folders in their names, and figures of their own.
    const twin = join(folder, 'twin');
    cpSync(join(out, 'refined-3'), twin, { recursive: true });
    const { stdout } = compare('--runs', join(out, 'refined-3'), twin, '--limit', '16', ...judging);
    for (const run of [join(out, 'refined-3'), twin]) expect(stdout).toContain(`| refined, seed 3, ${run} | 16 |`);
  });

  test('prints a sentence for a mistake', () => {
    const { status, stderr } = compare('--runs', join(folder, 'nowhere'));
    expect(status).toBe(2);
    expect(stderr).toContain('has no finished run of npm run train');
  });
});

describe('the plan', () => {
  test('has each model with each seed, with its default number of epochs unless one is given', () => {
    const options = parseOptions(['--seeds', '1,2', '--data', 'some/where', '--out', 'x']);
    if (options === 'help') throw new Error('unexpected');
    const lines = plan(options).map(({ folder: name, training }) => `${name} ${training.epochs} ${training.batchSize}`);
    const expected = ['dense 100 256', 'refined 100 256', 'conv 20 64', 'compact 25 64', 'autoencoder 50 256'].flatMap(
      (line) => {
        const [model, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' '))];
        return [1, 2].map((seed) => join('x', `${model}-${seed}`) + rest);
      },
    );
    expect(lines).toEqual(expected);
    const one = parseOptions(['--epochs', '3']);
    if (one === 'help') throw new Error('unexpected');
    expect(plan(one).map(({ training }) => training.epochs)).toEqual([3, 3, 3, 3, 3]);
  });

  test('refuses mistakes with a UsageError; the help names every option', () => {
    for (const line of ['--seeds 1,x', '--count 7', '--epoch 3', 'word']) {
      expect(() => parseOptions(line.split(' ')), line).toThrow(UsageError);
    }
    const names = [...help().matchAll(/^ {2}--([a-z-]+)/gm)].map((match) => match[1]);
    expect(names).toHaveLength(12);
    for (const line of help().split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
