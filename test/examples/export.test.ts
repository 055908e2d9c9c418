import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { writeOnnx } from '../../examples/onnx/write-onnx.ts';
import { writeDescription } from '../../examples/run-folder.ts';
import { compactGenerator, conditionalGenerator, createRandom, encodeOnnx, encodeWeights } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = createRandom(5);
const description = { images: 1, batchSize: 1, seed: 1, epochs: 1, options: {} };

test('writes the final generator of a training, the averaged one if there is one', async () => {
  const trained = compactGenerator({ latentDim: 6, width: 0.125, random });
  writeFileSync(join(folder, 'generator.safetensors'), encodeWeights({ generator: trained }));
  await writeDescription(folder, { ...description, model: 'compact' });
  const { path, classes } = await writeOnnx(folder);
  expect([path, classes]).toEqual([join(folder, 'generator.onnx'), 0]);
  expect(new Uint8Array(readFileSync(path))).toEqual(encodeOnnx(trained));

  const average = conditionalGenerator({ latentDim: 6, random });
  writeFileSync(join(folder, 'generator-average.safetensors'), encodeWeights({ generator: average }));
  await writeDescription(folder, { ...description, model: 'conditional' });
  expect((await writeOnnx(folder)).classes).toBe(10);
  expect(new Uint8Array(readFileSync(path))).toEqual(encodeOnnx(average));
});

test('refuses a folder without the weights', async () => {
  const empty = join(folder, 'empty');
  await expect(writeOnnx(empty)).rejects.toThrow(UsageError);
  expect(existsSync(empty)).toBe(false);
});
