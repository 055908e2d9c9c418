/**
 * The cost of the first use, each time in a fresh process: the time of each part of making the SIMD kernels, and the
 * time from the start of `node` to the end of the first step of trainGan, with the built package.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Summary, summarize } from './support/timing.ts';

/** Milliseconds. */
export interface KernelCosts {
  readonly emit: number;
  readonly compile: number;
  readonly instantiate: number;
  /** From the start of the pool until every worker is ready. */
  readonly pool: number;
  readonly bytes: number;
}

export interface FirstUse {
  readonly moduleBytes: number;
  readonly emit: Summary;
  readonly compile: Summary;
  readonly instantiate: Summary;
  readonly pool: Summary;
  readonly firstStep: Summary;
  /** A process that imports nothing. */
  readonly nodeAlone: Summary;
}

export async function measureFirstUse(processes: number, threads: number): Promise<FirstUse> {
  const costs: KernelCosts[] = [];
  for (let i = 0; i < processes; i++) costs.push(await kernelCosts(threads));
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-bench-'));
  try {
    buildPackage(folder);
    const firstStep: number[] = [];
    const nodeAlone: number[] = [];
    for (let i = 0; i < processes; i++) {
      firstStep.push(await startToEnd(join(folder, 'first-step.mjs')));
      nodeAlone.push(await startToEnd(join(folder, 'nothing.mjs')));
    }
    const part = (name: keyof KernelCosts): Summary => summarize(costs.map((one) => one[name]));
    return {
      moduleBytes: costs[0]?.bytes ?? 0,
      emit: part('emit'),
      compile: part('compile'),
      instantiate: part('instantiate'),
      pool: part('pool'),
      firstStep: summarize(firstStep),
      nodeAlone: summarize(nodeAlone),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kernelCosts(threads: number): Promise<KernelCosts> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('first-use-process.ts', import.meta.url), [String(threads)]);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`first-use-process.ts ended with ${code}`)));
    child.once('message', (costs: KernelCosts) => {
      child.removeAllListeners('exit');
      resolve(costs);
    });
  });
}

const FIRST_STEP = `
import { tensor, trainGan } from './dist/bundle/index.js';
const images = tensor(new Float32Array(256 * 784).fill(0.5), [256, 28, 28, 1]);
await trainGan({ images, epochs: 1, onStep: () => process.send(performance.timeOrigin + performance.now()) });
process.disconnect();
`;
const NOTHING = `
process.send(performance.timeOrigin + performance.now());
process.disconnect();
`;

/** Builds the package into the folder as `npm run build` does into dist, so that the measured build is current. */
function buildPackage(folder: string): void {
  const build = fileURLToPath(new URL('../.ci/build.mjs', import.meta.url));
  execFileSync(process.execPath, [build, join(folder, 'dist')], { stdio: 'ignore' });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'first-step.mjs'), FIRST_STEP);
  writeFileSync(join(folder, 'nothing.mjs'), NOTHING);
}

/** Milliseconds from the start of `node` without flags until the script reports. */
function startToEnd(script: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.timeOrigin + performance.now();
    const child = fork(script, { execArgv: [] });
    let end: number | undefined;
    child.once('error', reject);
    child.once('message', (time: number) => {
      end = time;
    });
    child.once('exit', (code) => {
      if (end === undefined) reject(new Error(`${script} ended with ${code} and reported nothing`));
      else resolve(end - start);
    });
  });
}
