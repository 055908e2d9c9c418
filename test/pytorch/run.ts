/**
 * `npm run test:pytorch`: examples/pytorch against ganvas. It needs /usr/bin/python3 with torch and numpy.
 *   models in PyTorch give the same outputs, and come back with the same bits
 *   three steps of two processes give the weights of ganvas, and ganvas resumes from their checkpoint
 *   after the loss of a process, the others end with an error and the checkpoint stays
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  adam,
  dataset,
  decodeModels,
  decodeSafetensors,
  denseDiscriminator,
  denseGenerator,
  encodeModels,
  memoryCheckpoints,
  parseIdx,
  trainGan,
} from '../../src/index.ts';

const PYTHON = '/usr/bin/python3';
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ganvas-pytorch-'));
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

/** The largest difference that three steps may have: the tolerance for weights in test/gan/step.test.ts. */
const WEIGHT = 3e-6;

function train(checkpoint: string, out: string, ...more: readonly string[]): ChildProcess {
  // -r and -t go around a defect of PyTorch 1.13 under Python 3.11: they name a process that does not exist.
  const launcher = ['-m', 'torch.distributed.run', '-r', '9:1', '-t', '9:1', '--nproc_per_node', '2'];
  const port = String(20_000 + (process.pid % 20_000));
  const program = [path('../../examples/pytorch/train.py'), join(folder, checkpoint)];
  const options = ['--data', join(folder, 'images.idx'), '--out', join(folder, out), '--sync-batch-norm', ...more];
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  return spawn(PYTHON, [...launcher, '--master_port', port, ...program, ...options], { env });
}

async function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, text };
}

/** From the checkpoint after one step to that after four. */
async function checkSteps(name: string, out: string): Promise<void> {
  const { code, text } = await ended(train(`${name}-1.safetensors`, out, '--epochs', '2', '--steps', '3'));
  assert.equal(code, 0, text);
  const { tensors } = decodeSafetensors(file(out));
  const expected = decodeSafetensors(file(`${name}-4.safetensors`)).tensors;
  let largest = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    // They have seconds.
    if (name === 'history' || name === 'epoch_sums') continue;
    for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i]! - tensors[name]!.data[i]!));
  }
  assert.ok(largest <= WEIGHT, `the weights differ by ${largest}`);
  console.log(
    `${name}, three steps on two processes: weights, statistics and slots differ by at most ${largest.toExponential(1)}`,
  );
}

async function checkResume(): Promise<void> {
  const store = memoryCheckpoints();
  await store.save(file('python.safetensors'));
  const { data, shape } = parseIdx(file('images.idx'));
  const config = { learningRate: 1e-4 };
  let steps = 0;
  const { completed, generator } = await trainGan({
    images: dataset(data as Uint8Array, [...shape, 1]),
    generator: denseGenerator(),
    discriminator: denseDiscriminator(),
    batchSize: 16,
    epochs: 2,
    seed: 5,
    emaMomentum: 0.9,
    generatorOptimizer: adam(config),
    discriminatorOptimizer: adam(config),
    checkpoint: store,
    resume: true,
    onStep: () => {
      steps++;
    },
  });
  // Epochs of three steps: the second epoch has two left.
  assert.deepEqual({ completed, steps }, { completed: true, steps: 2 });
  const expected = decodeSafetensors(file('dense-6.safetensors')).tensors;
  for (const [name, { data }] of generator.namedWeights) {
    const other = expected[`generator.${name}`]!.data;
    data.forEach((value, i) => {
      assert.ok(Math.abs(value - other[i]!) <= 2 * WEIGHT, `${name}[${i}] is ${value} instead of ${other[i]}`);
    });
  }
  console.log('ganvas resumed from that checkpoint and ended with the weights of its own training');
}

async function checkLoss(): Promise<void> {
  const before = file('python.safetensors');
  const child = train('python.safetensors', 'python.safetensors', '--epochs', '100000');
  const end = ended(child);
  // The launcher's children are the workers; each is a child of this run alone.
  const started = Date.now();
  while (Buffer.compare(before, file('python.safetensors')) === 0) {
    assert.ok(Date.now() - started < 120_000, 'the training saved nothing within two minutes');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  assert.equal(workers.length, 2);
  process.kill(Number(workers[1]), 'SIGKILL');
  const { code, text } = await end;
  assert.notEqual(code, 0);
  assert.match(text, /train\.py: a process was lost or failed|Signal 9 \(SIGKILL\)/);
  const read = `import sys; sys.path.insert(0, sys.argv[1]); import ganvas_file; ganvas_file.read(sys.argv[2])`;
  execFileSync(PYTHON, ['-c', read, path('../../examples/pytorch'), join(folder, 'python.safetensors')]);
  console.log('a killed process ended the others with an error; the last checkpoint is whole');
}

try {
  const tsx = ['--import', 'tsx', path('make.ts'), folder];
  execFileSync(process.execPath, tsx, { stdio: 'inherit' });
  execFileSync(PYTHON, [path('outputs.py'), folder], { stdio: 'inherit' });
  for (const name of ['compactGenerator', 'denseDiscriminator', 'odd']) {
    const back = decodeModels(file(`${name}-back.safetensors`)).models;
    assert.deepEqual(encodeModels(back), file(`${name}.safetensors`));
  }
  console.log('files that PyTorch writes back rebuild their models with the same bits');
  await checkSteps('dense', 'python.safetensors');
  await checkSteps('compact', 'compact-python.safetensors');
  await checkResume();
  await checkLoss();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
