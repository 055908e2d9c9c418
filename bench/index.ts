/**
 * Measures the kernels and the GAN step on this machine: `npm run bench`; `npm run bench -- --help` lists the options.
 * Each kernel is compared with the naive one, bit for bit, before it is timed. The peers are in bench/peers.
 */
import { writeFileSync } from 'node:fs';
import { CONVOLUTION_SIZES } from './convolution-sizes.ts';
import { type ConvolutionFigures, measureConvolution } from './convolutions.ts';
import { measureFirstUse } from './first-use.ts';
import { BATCH, CASES, cubes, type GemmSize, STEP_SIZES } from './gemm-sizes.ts';
import { openLab } from './lab.ts';
import { measureGemm, type Peaks, raisePeaks, type Step } from './ladder.ts';
import { type BenchOptions, help, parseOptions, type Section, USAGE } from './options.ts';
import { convolutionTable, firstUseTable, type GemmRow, gemmTable, opsTable, stepTable } from './report.ts';
import { measureOps, measureSteps, type StepFigures, verifySteps } from './steps.ts';
import { runCommand } from './support/command-line.ts';
import { describeMachine, machineLines } from './support/machine.ts';
import { figure } from './support/table.ts';
import type { Effort } from './support/timing.ts';
import { openWideLab } from './wide.ts';

/** What all parts use. */
interface Context {
  /** The rungs, slowest first. */
  readonly ladder: readonly Step[];
  readonly cores: number;
  /** Such as '2 threads'; the names of rungs with threads end with it. */
  readonly threads: string;
  readonly quick: boolean;
  readonly sizes: readonly GemmSize[];
  readonly effort: Effort;
  /** Measures the peaks again and keeps the best. */
  readonly raise: () => Promise<void>;
  /** The best peak measured so far for a rung, in GFLOP/s. */
  readonly peakOf: (rung: string) => number;
}

/** Batch size for verifying the convolutional pair: the portable kernels take a second for each image at width 1. */
const VERIFIED_BATCH = 4;

/** Each part measures, prints, and returns its figures for --json. */
const PARTS: Readonly<Record<Section, (context: Context) => Promise<unknown>>> = {
  async ladder({ ladder, sizes, effort, raise, peakOf }) {
    const rows: GemmRow[] = [];
    for (const size of sizes) {
      rows.push({ size, measured: await measureGemm(size, ladder, ['NN'], effort) });
      await raise();
    }
    print('GEMM: GFLOP/s of the minimum | of the median | share of the peak', gemmTable(rows, 'rung', peakOf));
    return rows;
  },

  async transposes({ ladder, sizes, effort, raise, peakOf }) {
    const all: GemmRow[] = [];
    for (const step of ladder.filter(({ rung }) => rung === 'simd')) {
      const rows: GemmRow[] = [];
      for (const size of sizes) {
        rows.push({ size, measured: await measureGemm(size, [step], CASES, effort) });
        await raise();
      }
      print(
        `${step.name} GEMM, operands A and B as they are (N) or transposed (T):` +
          ' GFLOP/s of the minimum | of the median | share of the peak',
        gemmTable(rows, 'transposes', peakOf),
      );
      all.push(...rows);
    }
    return all;
  },

  async ops({ ladder, quick }) {
    const all: Record<string, unknown> = {};
    for (const step of ladder.filter(({ rung }) => rung === 'simd' || rung === 'threads')) {
      const composition = await measureOps(step, quick ? 10 : 100);
      const { gemmCalls } = composition;
      print(
        `The kernels of a step, ${step.name}: ${gemmCalls} gemm calls (y forward, dx and dW backward) and the others`,
        opsTable(composition),
      );
      all[step.name] = composition;
    }
    return all;
  },

  async step({ ladder, quick }) {
    const rungs = ladder.filter(({ rung }) => rung !== 'naive');
    const figures = await measureSteps(rungs, quick ? 3 : 20, 5);
    print(
      'The whole step, batch 256 (drawing the batch, one forward, two backward passes, Adam), and only its gemm calls',
      stepTable(figures, 'SIMD'),
    );
    return figures;
  },

  async convolutions({ ladder, quick }) {
    const rungs = ladder.filter(({ rung }) => rung === 'simd' || rung === 'threads');
    const images = quick ? 32 : BATCH;
    const effort = quick ? { rounds: 3, budgetMs: 0 } : { rounds: 12, budgetMs: 8000 };
    const all: ConvolutionFigures[] = [];
    for (const size of CONVOLUTION_SIZES) all.push(...(await measureConvolution(size, images, rungs, effort)));
    print(
      `The convolutions of the convolutional pair at width 1, batch ${images}:` +
        ' GFLOP/s of the minimum | of the median; share of the rate of their GEMMs',
      convolutionTable(all),
    );
    return all;
  },

  async 'conv-step'({ ladder, quick }) {
    const rungs = ladder.filter(({ rung }) => rung === 'simd' || rung === 'threads');
    const portable = ladder.filter(({ rung }) => rung === 'blocked');
    const all: Record<string, readonly StepFigures[]> = {};
    for (const width of quick ? [0.25] : [0.25, 1]) {
      await verifySteps([...portable, ...rungs], { pair: 'conv', width, batchSize: VERIFIED_BATCH });
      const [rounds, steps] = quick ? [2, 1] : width < 1 ? [10, 3] : [5, 1];
      const figures = await measureSteps(rungs, rounds, steps, { pair: 'conv', width, batchSize: BATCH });
      print(
        `The whole step of the convolutional pair, width ${width}, batch ${BATCH}, and only its gemm calls`,
        stepTable(figures, 'SIMD'),
      );
      all[`width ${width}`] = figures;
    }
    return all;
  },

  async 'first-use'({ cores, threads, quick }) {
    const figures = await measureFirstUse(quick ? 3 : 10, cores);
    print(
      'First use, each in a fresh process; the step with the package that `npm run build` makes',
      firstUseTable(figures, threads),
    );
    return figures;
  },
};

async function bench({ json, sections, quick }: BenchOptions): Promise<void> {
  const machine = describeMachine();
  console.log(machineLines(machine));
  const { cores } = machine;
  const threads = `${cores} threads`;
  const lab = await openLab(8, cores);
  const wide = await openWideLab(cores);
  try {
    const ladder: Step[] = [
      { name: 'naive', lab, rung: 'naive' },
      { name: 'blocked', lab, rung: 'blocked' },
      { name: 'SIMD', lab, rung: 'simd' },
      { name: `SIMD, ${threads}`, lab, rung: 'threads' },
    ];
    if (typeof wide === 'string') console.log(`no wide SIMD: ${wide}`);
    else {
      ladder.push({ name: 'wide', lab: wide, rung: 'simd' }, { name: `wide, ${threads}`, lab: wide, rung: 'threads' });
    }
    const peaks: Peaks = new Map();
    const raise = (): Promise<void> => raisePeaks(peaks, ladder, quick ? 10 : 50);
    await raise();
    const context: Context = {
      ladder,
      cores,
      threads,
      quick,
      sizes: [...STEP_SIZES, ...cubes(quick ? 256 : 1024)],
      effort: quick ? { rounds: 5, budgetMs: 100 } : { rounds: 30, budgetMs: 1500 },
      raise,
      peakOf: (rung) => peaks.get(rung.startsWith('wide') ? 'wide' : 'SIMD')! * (rung.endsWith(threads) ? cores : 1),
    };
    const figures: Record<string, unknown> = { machine };
    for (const section of sections) figures[section] = await PARTS[section](context);
    figures['peak'] = Object.fromEntries(peaks);
    const list = [...peaks].map(([name, gflops]) => `${name} ${figure(gflops)} GFLOP/s`).join(', ');
    console.log(
      `\nPeak of one thread, multiplies and adds in registers, best of all readings: ${list}.` +
        ` The peak of ${threads} is ${cores} times as high.`,
    );
    if (json !== undefined) {
      writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
      console.log(`\nwritten to ${json}`);
    }
  } finally {
    await lab.close();
    if (typeof wide !== 'string') await wide.close();
  }
}

function print(title: string, text: string): void {
  console.log(`\n${title}\n\n${text}`);
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help());
  else await bench(options);
});
