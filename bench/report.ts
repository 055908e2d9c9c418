/** Formats the figures as tables for the terminal. */
import { callsInStep, convolutionFlops, convolutionName, convolutionRoles } from './convolution-sizes.ts';
import type { ConvolutionFigures } from './convolutions.ts';
import type { FirstUse } from './first-use.ts';
import { flopsOf, type GemmSize, rolesOf, sizeName } from './gemm-sizes.ts';
import type { Measured } from './ladder.ts';
import type { Composition, StepFigures } from './steps.ts';
import { figure, percent, table } from './support/table.ts';
import type { Summary } from './support/timing.ts';

export interface GemmRow {
  readonly size: GemmSize;
  readonly measured: readonly Measured[];
}

/** A cell has the GFLOP/s of the minimum, of the median, and the share of the peak. */
export function gemmTable(
  rows: readonly GemmRow[],
  column: 'rung' | 'transposes',
  peakOf: (rung: string) => number,
): string {
  const columns = rows[0]?.measured.map((one) => one[column]) ?? [];
  const cells = rows.map(({ size, measured }) => {
    const gflops = (ms: number): number => flopsOf(size) / ms / 1e6;
    const texts = measured.map(({ rung, min, median }) => {
      const best = gflops(min);
      return `${figure(best)} | ${figure(gflops(median))} | ${percent(best / peakOf(rung))}`;
    });
    return [`${sizeName(size)}  ${rolesOf(size)}`, ...texts];
  });
  return table(['m x k x n', ...columns], cells);
}

/**
 * GFLOP/s of the minimum | of the median, for each whole function and for only its gemm calls, and the ratio of the
 * two. The last rows sum over all calls of a step.
 */
export function convolutionTable(figures: readonly ConvolutionFigures[]): string {
  const rows = figures.map((one) => {
    const what = `${convolutionName(one.size)}  ${one.part} (${convolutionRoles(one.size, one.part)})`;
    return convolutionRow(what, one.rung, convolutionFlops(one.size, one.images), one.convolution, one.gemms);
  });
  for (const rung of new Set(figures.map((one) => one.rung))) {
    const those = figures.filter((one) => one.rung === rung);
    const total = (of: (one: ConvolutionFigures) => number): number =>
      those.reduce((sum, one) => sum + callsInStep(one.size, one.part) * of(one), 0);
    const sum = (work: 'convolution' | 'gemms'): Times => ({
      min: total((one) => one[work].min),
      median: total((one) => one[work].median),
    });
    const flops = total(({ size, images }) => convolutionFlops(size, images));
    rows.push(convolutionRow('all convolutions of a step', rung, flops, sum('convolution'), sum('gemms')));
  }
  return table(['larger - smaller image', 'kernels', 'convolution', 'only its GEMMs', 'share'], rows);
}

type Times = Pick<Summary, 'min' | 'median'>;

function convolutionRow(what: string, rung: string, flops: number, convolution: Times, gemms: Times): string[] {
  const rate = ({ min, median }: Times): string => [min, median].map((ms) => figure(flops / ms / 1e6)).join(' | ');
  const shares = [gemms.min / convolution.min, gemms.median / convolution.median].map((share) => percent(share));
  return [what, rung, rate(convolution), rate(gemms), shares.join(' | ')];
}

export function opsTable({ step, ops, javascript }: Composition): string {
  const share = (part: number): string => percent(part / step.median, 1);
  const rows = ops.map(({ op, calls, time, gflops }) => [
    op,
    String(calls),
    ...msOf(time),
    share(time.median),
    gflops === undefined ? '' : figure(gflops),
  ]);
  rows.push(['JavaScript between the kernels', '', ...msOf(javascript), share(javascript.median)]);
  rows.push(['the step', '', ...msOf(step)]);
  return table(['op', 'calls', 'ms min', 'ms median', 'share', 'GFLOP/s'], rows);
}

/** @param reference - the rung whose minimum the others are compared with. */
export function stepTable(figures: readonly StepFigures[], reference: string): string {
  const base = figures.find(({ rung }) => rung === reference)?.step.min ?? Number.NaN;
  const rows = figures.map(({ rung, step, gemms }) => [
    rung,
    ...msOf(step),
    ...msOf(gemms),
    (step.min / gemms.min).toFixed(2),
    `${(base / step.min).toFixed(2)} x`,
  ]);
  const header = ['kernels', 'ms min', 'ms median', 'GEMMs min', 'GEMMs median', 'step / GEMMs', `${reference} / this`];
  return table(header, rows);
}

export function firstUseTable(first: FirstUse, threads: string): string {
  const rows: readonly (readonly [string, Summary])[] = [
    [`emit the SIMD module (${first.moduleBytes} bytes)`, first.emit],
    ['compile it', first.compile],
    ['instantiate it', first.instantiate],
    [`start a pool of ${threads}`, first.pool],
    ['from node start to the end of the first step of trainGan', first.firstStep],
    ['from node start to the first line of an empty program', first.nodeAlone],
  ];
  return table(
    ['', 'ms min', 'ms median'],
    rows.map(([name, time]) => [name, ...msOf(time)]),
  );
}

function msOf({ min, median }: Summary): [string, string] {
  return [figure(min), figure(median)];
}
