/**
 * Runs the evaluation as a user does, in its own process, with untrained networks. The program is tested, not the
 * pictures.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createRandom,
  denseGenerator,
  digitClassifier,
  type Evaluation,
  encodeIdx,
  encodeWeights,
  zeros,
} from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-evaluate-'));
const run = join(folder, 'run');
const classifier = join(folder, 'classifier.safetensors');
const pictures = join(folder, 'pictures.idx');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const random = createRandom(5);
  mkdirSync(join(run, 'weights'), { recursive: true });
  for (const name of ['weights/epoch-002', 'weights/epoch-010', 'generator']) {
    writeFileSync(
      join(run, `${name}.safetensors`),
      encodeWeights({ generator: denseGenerator({ latentDim: 8, random }) }),
    );
  }
  const { features, head } = digitClassifier({ random });
  head.predict(features.predict(zeros([1, 28, 28, 1])));
  writeFileSync(classifier, encodeWeights({ features, head }));
  const data = Uint8Array.from({ length: 12 * 784 }, (_, at) => (at * 37) & 255);
  writeFileSync(pictures, encodeIdx({ type: 'uint8', shape: [12, 28, 28], data }));
});

function evaluate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'examples/evaluate.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('examples/evaluate.ts', () => {
  test('has a row for each weights file and each file of pictures, below the anchors; writes it to two files', () => {
    // The file has only 12 pictures, so each row has 12.
    const { status, stdout, stderr } = evaluate(run, '--classifier', classifier, '--images', pictures, '--count', '40');
    expect(status, stderr).toBe(0);
    const names = stdout.split('\n').flatMap((line) => /^\| (\S+) +\| +12 \|/.exec(line)?.[1] ?? []);
    const expected = ['real', 'noise', 'weights/epoch-002', 'weights/epoch-010', 'generator', 'pictures.idx'];
    expect(names.map((name) => name.replace('\\', '/'))).toEqual(expected);
    expect(readFileSync(join(run, 'evaluation.md'), 'utf8')).toBe(stdout);
    const { protocol, rows }: Evaluation = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'));
    expect(protocol).toMatchObject({ featureCount: 128, realCount: 12, trainingCount: 5000, seed: 0 });
    expect(protocol.data).toContain('the last 5000 the real ones');
    expect(rows.map(({ name }) => name.replace('\\', '/'))).toEqual(expected);
    for (const { metrics } of rows) expect(metrics.frechetDistance).toBeGreaterThan(0);
    expect(stderr).toMatch(/^classifier .*: \d+\.\d\d % correct on the 5000 real images$/m);
  });

  test('prints a sentence without a stack for a mistake; exit code 2 for the command line, else 1', () => {
    expect(evaluate()).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'the folder of a training is needed: npm run evaluate -- RUN_DIR\n' +
        'npm run evaluate -- --help lists the options.\n',
    });
    expect(evaluate(join(folder, 'nowhere')).stderr).toMatch(/^there is no folder .*nowhere\n/);
    expect(evaluate(folder).stderr).toContain('has neither generator*.safetensors nor weights/epoch-*.safetensors');
    const { status, stderr } = evaluate(run, '--images', classifier);
    expect(status).toBe(1);
    expect(stderr).toMatch(/classifier\.safetensors.*IDX/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
