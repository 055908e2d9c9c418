/**
 * Writes models as ONNX, runs the files by ONNX Runtime (WebAssembly), and compares with predict(): the generators and
 * other models of the library, every layer with random settings and weights, each with batch normalisations folded and
 * not, and one file with batches of 1, 7 and 1000. If python3 has the module onnx, its checker checks each file.
 *
 *   npm run test:onnx
 *
 * The largest difference may be 1e-5 times the largest output, or 1e-5 if that is below 1: float32 keeps about 6e-8 of
 * a number, and a layer sums at most some thousand of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, encodeOnnx, type Model, scope, type Tensor } from '../../src/index.ts';
import { type Case, layerCases, modelCases } from './cases.ts';

const BATCHES = [1, 7, 1000];
const TOLERANCE = 1e-5;

/** The part of onnxruntime-web that is used here. */
interface Runtime {
  readonly InferenceSession: { create(file: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => RuntimeTensor;
}

interface RuntimeTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  run(inputs: { readonly input: RuntimeTensor }): Promise<{ readonly output: RuntimeTensor }>;
  release(): Promise<void>;
}

const runtime = (await import(
  new URL('./node_modules/onnxruntime-web/dist/ort.node.min.mjs', import.meta.url).href
)) as Runtime;
const folder = mkdtempSync(join(tmpdir(), 'ganvas-onnx-'));
const files: string[] = [];
let failures = 0;

try {
  console.log('Largest difference between ONNX Runtime and predict() over batches of 1, 7 and 1000:');
  for (const [kind, cases] of [
    ['models', modelCases()],
    ['layers', layerCases()],
  ] as const) {
    let worst = 0;
    for (const one of cases) worst = Math.max(worst, await check(one, kind === 'models'));
    console.log(`${kind}: ${cases.length}, the largest difference is ${worst.toExponential(1)}`);
  }
  checkWithPython();
} finally {
  rmSync(folder, { recursive: true });
}
console.log(failures === 0 ? 'All are equal within the tolerance.' : `${failures} FAILED`);
process.exit(failures === 0 ? 0 : 1);

/** Compares a model with its files. Returns the largest difference, relative if the outputs exceed 1. */
async function check({ name, model, draw }: Case, loud: boolean): Promise<number> {
  let largest = 0;
  for (const foldBatchNormalization of [true, false]) {
    const label = `${name}${foldBatchNormalization ? '' : ', not folded'}`;
    const file = encodeOnnx(model, { foldBatchNormalization });
    const path = join(folder, `${files.length}.onnx`);
    files.push(path);
    writeFileSync(path, file);
    const session = await runtime.InferenceSession.create(file);
    let worst = 0;
    for (const batch of BATCHES) worst = Math.max(worst, await differenceOf(session, model, draw, batch));
    await session.release();
    if (!(worst <= TOLERANCE)) failures++;
    if (loud || !(worst <= TOLERANCE)) console.log(`  ${label}: ${file.length} bytes, ${worst.toExponential(1)}`);
    largest = Math.max(largest, worst);
  }
  return largest;
}

async function differenceOf(session: Session, model: Model, draw: Case['draw'], batch: number): Promise<number> {
  const random = createRandom(batch);
  const [input, expected] = scope(() => {
    const x: Tensor = draw(batch, random);
    const y = model.predict(x);
    return [
      { shape: x.shape, data: x.data.slice() },
      { shape: y.shape, data: y.data.slice() },
    ];
  }) as [Plain, Plain];
  const { output } = await session.run({ input: new runtime.Tensor('float32', input.data, input.shape) });
  if (output.dims.join() !== expected.shape.join()) return Infinity;
  let difference = 0;
  let size = 1;
  for (let i = 0; i < expected.data.length; i++) {
    difference = Math.max(difference, Math.abs(expected.data[i]! - output.data[i]!));
    if (Number.isNaN(output.data[i]!)) return Infinity;
    size = Math.max(size, Math.abs(expected.data[i]!));
  }
  return difference / size;
}

interface Plain {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** ONNX's own checker, with its inference of all shapes. */
function checkWithPython(): void {
  const python = '/usr/bin/python3';
  if (spawnSync(python, ['-c', 'import onnx']).status !== 0) {
    console.log('onnx.checker: not run, python3 has no module onnx (Debian: python3-onnx)');
    return;
  }
  const script = fileURLToPath(new URL('check.py', import.meta.url));
  try {
    process.stdout.write(execFileSync(python, [script, ...files], { encoding: 'utf8' }));
  } catch {
    failures++;
  }
}
