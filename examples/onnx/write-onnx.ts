/** Writes the final generator of a training as an ONNX file, and a page that draws with it by onnxruntime-web. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../bench/support/command-line.ts';
import { encodeOnnx } from '../../src/index.ts';
import { writeFileAtomic } from '../../src/node/index.ts';
import { CLASSES } from '../generator-file.ts';
import { finalGenerator, readDescription } from '../run-folder.ts';
import { readGenerator } from '../saved-generator.ts';

const FILE = 'generator.onnx';
const RUNTIME = new URL('../../test/onnx/node_modules/onnxruntime-web/dist/', import.meta.url);
const RUNTIME_FILES = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];

/** What was written. */
export interface OnnxFile {
  readonly path: string;
  /** How many numbers at the end of an input are the class, 1 at its place and 0 elsewhere. 0: there is no class. */
  readonly classes: number;
}

/** Writes generator.onnx to the folder of a training. */
export async function writeOnnx(run: string): Promise<OnnxFile> {
  const weights = finalGenerator(run);
  if (!existsSync(weights)) throw new UsageError(`there is no ${weights}: the training has not ended, or is none`);
  const { model, generator } = readGenerator(weights, readDescription(run)?.model);
  const path = join(run, FILE);
  await writeFileAtomic(path, encodeOnnx(generator));
  return { path, classes: model === 'conditional' ? CLASSES : 0 };
}

/** Copies the page, the runtime and the generator to a folder, which any static host can serve. */
export function writePage(folder: string, { path }: OnnxFile): void {
  if (!existsSync(new URL(RUNTIME_FILES[0]!, RUNTIME))) {
    throw new UsageError('the page needs onnxruntime-web: npm ci --prefix test/onnx --ignore-scripts');
  }
  mkdirSync(folder, { recursive: true });
  copyFileSync(path, join(folder, FILE));
  for (const name of ['index.html', 'page.js']) {
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(folder, name));
  }
  for (const name of RUNTIME_FILES) copyFileSync(fileURLToPath(new URL(name, RUNTIME)), join(folder, name));
}
