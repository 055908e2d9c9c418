/** What the training example reads from outside, damaged: its command line, and the losses.csv of an earlier run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { parseOptions } from '../../examples/options.ts';
import { csvLog } from '../../src/node/csv-log.ts';
import { temporaryFolders } from '../support/folder.ts';
import { testRandom } from '../support/mutate.ts';

const newFolder = temporaryFolders();

const WORDS = [
  ...['--epochs', '--batch-size', '--seed', '--data', '--out', '--limit', '--threads', '--kernels', '--wide'],
  ...['--resume', '--help'],
  ...['--checkpoint-every', '--epoch', '--EPOCHS', '-e', '-', '--', '', '=', '--epochs=', '--epochs=3'],
  ...['--wide=1', '--no-wide'],
  ...['1', '0', '-1', '1e3', '0x10', ' 7', '١', 'NaN', 'Infinity', '9007199254740993', 'simd', 'SIMD', 'auto'],
  ...['--__proto__', '--constructor=1', '__proto__', '--toString', '\u0000', '--seed=--seed', 'x'.repeat(5000)],
];

it('10,000 random command lines are understood or refused with a UsageError (seed 20260704)', () => {
  const random = testRandom(20260704);
  let understood = 0;
  for (let index = 0; index < 10_000; index++) {
    const args = Array.from({ length: random.below(6) }, () => random.pick(WORDS));
    try {
      const options = parseOptions(args);
      understood++;
      if (options === 'help') continue;
      const { epochs, batchSize, seed, limit = 1, threads = 1, checkpointEvery = 1, kernels } = options;
      for (const count of [epochs, batchSize, limit, threads, checkpointEvery]) {
        expect(Number.isSafeInteger(count) && count >= 1, JSON.stringify(args)).toBe(true);
      }
      expect(Number.isSafeInteger(seed) && seed >= 0, JSON.stringify(args)).toBe(true);
      expect(['auto', 'portable', 'simd']).toContain(kernels);
    } catch (error) {
      expect(error, `case ${index}: ${JSON.stringify(args)}`).toBeInstanceOf(UsageError);
    }
  }
  expect(understood).toBeGreaterThan(1000);
  expect(understood).toBeLessThan(9000);
});

it('a losses.csv cut at any byte is resumed with whole rows only, those before the first new one', () => {
  const rows = Array.from({ length: 12 }, (_, i) => `12,${30 + i},0.6${i},1.25`);
  const text = ['epoch,step,generator_loss,discriminator_loss', ...rows, ''].join('\n');
  const path = join(newFolder(), 'losses.csv');
  for (let length = 0; length <= text.length; length++) {
    writeFileSync(path, text.slice(0, length));
    csvLog(path)({ epoch: 12, step: 35, generatorLoss: 1, discriminatorLoss: 2 });
    const [header, ...kept] = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(header).toBe('epoch,step,generator_loss,discriminator_loss');
    expect(kept.pop()).toBe('12,35,1,2');
    // Whole but for the digits of its last number, a row is not known to be cut; the checkpoint it goes with was saved
    // after it.
    const places = kept.map((row) => row.split(',').slice(0, 2).join());
    expect(places, `${length} bytes`).toEqual([30, 31, 32, 33, 34].slice(0, kept.length).map((step) => `12,${step}`));
  }
});

it('a losses.csv of garbage keeps none of it', () => {
  const path = join(newFolder(), 'losses.csv');
  for (const garbage of [
    '',
    '\n\n\n',
    'x'.repeat(1000),
    'h\n1,2\n1\n,,,\n1,2,NaN,3\n1,2,3,4,5\n\u0000,1,2,3\n1;2;3;4',
    '\ufeff',
  ]) {
    writeFileSync(path, garbage);
    csvLog(path)({ epoch: 9, step: 1, generatorLoss: 1, discriminatorLoss: 2 });
    expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual(['9,1,1,2', '']);
  }
});
