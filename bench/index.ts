/**
 * Measures the kernels and the GAN step on this machine: `npm run bench`, or `npm run bench -- --help` for what can be set.
 * Every kernel is compared with the naive one, bit for bit, before it is timed. The peers are in bench/peers.
 */
import { writeFileSync } from 'node:fs';
import { measureFirstUse } from './first-use.ts';
import { cubes, flopsOf, type GemmSize, rolesOf, STEP_SIZES, sizeName } from './gemm-sizes.ts';
import { openLab } from './lab.ts';
import { type Measured, measureCases, measureGemm, type Step } from './ladder.ts';
import { describeMachine, machineLines } from './machine.ts';
import { type BenchOptions, help, parseOptions, UsageError } from './options.ts';
import { measureOps, measureSteps } from './steps.ts';
import { figure, percent, table } from './table.ts';
import type { Summary } from './timing.ts';
import { openWideLab } from './wide.ts';

async function bench({ json, sections, quick }: BenchOptions): Promise<void> {
  const machine = describeMachine();
  console.log(machineLines(machine));
  const lab = await openLab(8, machine.cores);
  const wideLab = await openWideLab(machine.cores);
  const figures: Record<string, unknown> = { machine };
  try {
    const threads = `${machine.cores} threads`;
    const single: Step[] = [{ name: 'SIMD', lab, rung: 'simd' }];
    const all: Step[] = [
      { name: 'naive', lab, rung: 'naive' },
      { name: 'blocked', lab, rung: 'blocked' },
      ...single,
      { name: `SIMD, ${threads}`, lab, rung: 'threads' },
    ];
    if (typeof wideLab === 'string') console.log(`no wide SIMD: ${wideLab}`);
    else {
      single.push({ name: 'wide', lab: wideLab, rung: 'simd' });
      all.push(
        { name: 'wide', lab: wideLab, rung: 'simd' },
        { name: `wide, ${threads}`, lab: wideLab, rung: 'threads' },
      );
    }
    const sizes = [...STEP_SIZES, ...cubes(quick ? 256 : 1024)];
    const effort = quick ? { rounds: 5, budgetMs: 100 } : { rounds: 30, budgetMs: 1500 };

    if (sections.includes('ladder') || sections.includes('transposes')) {
      const peaks = await measurePeaks(single, quick ? 10 : 50);
      figures['peak'] = Object.fromEntries(peaks);
      print(
        'Peak of one thread, multiplies and adds in registers',
        [...peaks].map(([name, gflops]) => `${name}: ${figure(gflops)} GFLOP/s`),
      );
      const peakOf = (rung: string): number => {
        const one = peaks.get(rung.startsWith('wide') ? 'wide' : 'SIMD')!;
        return rung.endsWith(threads) ? one * machine.cores : one;
      };
      if (sections.includes('ladder')) {
        const rows: { readonly size: GemmSize; readonly measured: readonly Measured[] }[] = [];
        for (const size of sizes) rows.push({ size, measured: await measureGemm(size, all, ['NN'], effort) });
        figures['ladder'] = rows;
        print(
          'GEMM, m x k x n: GFLOP/s by the minimum | by the median | share of the peak of as many threads (the SIMD one for naive and blocked)',
          [
            gemmTable(
              rows,
              all.map(({ name }) => name),
              (one) => one.rung,
              peakOf,
            ),
          ],
        );
      }
      if (sections.includes('transposes')) {
        for (const step of single) {
          const rows: { readonly size: GemmSize; readonly measured: readonly Measured[] }[] = [];
          for (const size of sizes) rows.push({ size, measured: await measureCases(size, [step], effort) });
          figures[`transposes ${step.name}`] = rows;
          print(`${step.name} GEMM, operands stored as they are (N) or transposed (T), A first`, [
            gemmTable(rows, ['NN', 'NT', 'TN', 'TT'], (one) => one.transposes, peakOf),
          ]);
        }
      }
    }

    if (sections.includes('ops')) {
      for (const step of all.filter(({ rung }) => rung === 'simd' || rung === 'threads')) {
        const { step: whole, ops, javascript, gemmCalls } = await measureOps(step, quick ? 10 : 100);
        figures[`ops ${step.name}`] = { step: whole, ops, javascript, gemmCalls };
        const rows = ops.map(({ op, calls, time, share, gflops }) => [
          op,
          String(calls),
          ...msOf(time),
          percent1(share),
          gflops === undefined ? '' : figure(gflops),
        ]);
        rows.push([
          'JavaScript between the kernels',
          '',
          ...msOf(javascript),
          percent1(javascript.median / whole.median),
          '',
        ]);
        rows.push(['the step', '', ...msOf(whole), '', '']);
        print(`What a step consists of, ${step.name} (y forward, dx and dW backward; ${gemmCalls} gemm calls)`, [
          table(['op', 'calls', 'ms min', 'ms median', 'share', 'GFLOP/s'], rows),
        ]);
      }
    }

    if (sections.includes('step')) {
      const rungs = all.filter(({ rung }) => rung !== 'naive');
      const measured = await measureSteps(rungs, quick ? 3 : 20, 5);
      figures['step'] = measured;
      const simd = measured.find(({ rung }) => rung === 'SIMD')!;
      const rows = measured.map(({ rung, step, gemms }) => [
        rung,
        ...msOf(step),
        ...msOf(gemms),
        (step.min / gemms.min).toFixed(2),
        `${(simd.step.min / step.min).toFixed(2)} x`,
      ]);
      print('The whole step, batch 256: drawing the batch, one forward pass, two backward passes, Adam', [
        table(['kernels', 'ms min', 'ms median', 'its GEMMs min', 'median', 'step / GEMMs', 'against SIMD'], rows),
      ]);
    }

    if (sections.includes('first-use')) {
      const first = await measureFirstUse(quick ? 3 : 10, machine.cores);
      figures['firstUse'] = first;
      const { emit, compile, instantiate, pool, firstStep, nodeAlone } = first;
      const rows = Object.entries({
        'emit the SIMD module': emit,
        compile,
        instantiate,
        [`start ${threads}`]: pool,
        'node start to the end of the first step of trainGan (built package)': firstStep,
        'node start alone': nodeAlone,
      }).map(([name, time]) => [name, ...msOf(time)]);
      print(`First use, each in a fresh process; the module has ${first.moduleBytes} bytes`, [
        table(['', 'ms min', 'ms median'], rows),
      ]);
    }
  } finally {
    await lab.close();
    if (typeof wideLab !== 'string') await wideLab.close();
  }
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
    console.log(`\nwritten to ${json}`);
  }
}

/** The best of `rounds` rounds, the labs in turn: a peak that something else disturbed is none. */
async function measurePeaks(steps: readonly Step[], rounds: number): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, lab } of steps) best.set(name, Math.max(best.get(name) ?? 0, await lab.peak()));
  }
  return best;
}

function gemmTable(
  rows: readonly { readonly size: GemmSize; readonly measured: readonly Measured[] }[],
  columns: readonly string[],
  columnOf: (one: Measured) => string,
  peakOf: (rung: string) => number,
): string {
  const cells = rows.map(({ size, measured }) => {
    const gflops = (ms: number): number => flopsOf(size) / ms / 1e6;
    const cell = (column: string): string => {
      const one = measured.find((candidate) => columnOf(candidate) === column)!;
      const best = gflops(one.min);
      return `${figure(best)} | ${figure(gflops(one.median))} | ${percent(best / peakOf(one.rung))}`;
    };
    return [`${sizeName(size)}  ${rolesOf(size)}`, ...columns.map(cell)];
  });
  return table(['', ...columns], cells);
}

function msOf({ min, median }: Summary): [string, string] {
  return [figure(min), figure(median)];
}

function percent1(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function print(title: string, lines: readonly string[]): void {
  console.log(`\n${title}\n\n${lines.join('\n')}`);
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === 'help') console.log(help());
    else await bench(options);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnpm run bench -- --help lists the options.`);
    return 2;
  }
}

process.exitCode = await main();
