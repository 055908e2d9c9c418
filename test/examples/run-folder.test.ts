import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import {
  epochName,
  finalGenerator,
  makeRunFolder,
  newRun,
  type RunDescription,
  readDescription,
  weightFiles,
  writeDescription,
} from '../../examples/run-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-run-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('reads a description as it was written, undefined if there is none; refuses an unknown model', async () => {
  expect(readDescription(folder)).toBeUndefined();
  const description: RunDescription = {
    model: 'conv',
    width: 0.25,
    images: 100,
    batchSize: 10,
    seed: 3,
    epochs: 2,
    options: { loss: 'hinge' },
    seconds: 1.5,
  };
  await writeDescription(folder, description);
  expect(readDescription(folder)).toEqual(description);
  writeFileSync(join(folder, 'run.json'), '{ "model": "convolution" }');
  expect(() => readDescription(folder)).toThrow(
    'model must be one of compact, dense, refined, conv, conditional, autoencoder; got convolution',
  );
});

test('lists the weights by epoch, the final ones last, and no other files', () => {
  const run = join(folder, 'run');
  expect(() => weightFiles(run)).toThrow(UsageError);
  makeRunFolder(run);
  expect(weightFiles(run)).toEqual([]);
  const names = [`weights/${epochName(20)}.safetensors`, `weights/${epochName(5)}.safetensors`];
  for (const name of [...names, 'generator.safetensors', 'discriminator.safetensors', 'weights/notes.txt']) {
    writeFileSync(join(run, name), '');
  }
  expect(weightFiles(run)).toEqual(
    ['weights/epoch-005.safetensors', 'weights/epoch-020.safetensors', 'generator.safetensors'].map((name) =>
      join(name),
    ),
  );
});

test('the final generator is the averaged one, if there is one', () => {
  const run = join(folder, 'averaged');
  makeRunFolder(run);
  expect(finalGenerator(run)).toBe(join(run, 'generator.safetensors'));
  writeFileSync(join(run, 'generator-average.safetensors'), '');
  expect(finalGenerator(run)).toBe(join(run, 'generator-average.safetensors'));
});

test('names a new run by model and time', () => {
  expect(newRun('dense')).toMatch(/^runs.dense-\d{8}-\d{6}$/);
});
