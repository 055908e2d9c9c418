import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { csvLog } from '../../src/node/csv-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-losses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'epoch,step,generator_loss,discriminator_loss';
const losses = (epoch: number, step: number, generatorLoss: number) => ({
  epoch,
  step,
  generatorLoss,
  discriminatorLoss: 1.5,
});

test('writes the header and one row for each step; a new run replaces the file', () => {
  const path = join(folder, 'new.csv');
  for (const offset of [0, 10]) {
    const log = csvLog(path);
    log(losses(1, 1, offset + 0.25));
    log(losses(1, 2, offset + 0.5));
    expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n1,1,${offset + 0.25},1.5\n1,2,${offset + 0.5},1.5\n`);
  }
});

test('a resumed run drops the rows of steps that are done again', () => {
  const path = join(folder, 'resumed.csv');
  const first = csvLog(path);
  for (const [epoch, step] of [
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
    [10, 1],
  ] as const) {
    first(losses(epoch, step, 0));
  }
  const again = csvLog(path);
  again(losses(2, 2, 7));
  expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n1,1,0,1.5\n1,2,0,1.5\n2,1,0,1.5\n2,2,7,1.5\n`);
});

test('a resumed run without a file starts a new one', () => {
  const path = join(folder, 'absent.csv');
  const log = csvLog(path);
  log(losses(4, 1, 0));
  expect(readFileSync(path, 'utf8')).toBe(`${HEADER}\n4,1,0,1.5\n`);
});

test('has a column for each measure of the steps, and none for what is equal in all of them', () => {
  const path = join(folder, 'penalty.csv');
  csvLog(path)({ ...losses(1, 1, 0.5), ...{ gradientPenalty: 0.25, stepsPerEpoch: 9 } });
  expect(readFileSync(path, 'utf8')).toBe(`${HEADER},gradient_penalty\n1,1,0.5,1.5,0.25\n`);
});
