/** Keras's table of a model: layer, output shape, parameters, totals. */
import type { Variable } from '../autograd/tensor.ts';
import type { Shape } from '../core/shape.ts';

export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: Shape;
  readonly weights: readonly Variable[];
}

const HEADINGS: readonly [string, string, string] = ['Layer (type)', 'Output Shape', 'Param #'];

export function summaryTable(title: string, rows: readonly SummaryRow[], trainable: readonly Variable[]): string {
  const total = countParameters(rows.flatMap((row) => row.weights));
  const trainableTotal = countParameters(trainable);
  const cells = rows.map(({ name, kind, outputShape, weights }): [string, string, string] => [
    `${name} (${kind})`,
    `(${['None', ...outputShape].join(', ')}${outputShape.length === 0 ? ',' : ''})`,
    grouped(countParameters(weights)),
  ]);
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i]!.length)) + 2);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('')
      .trimEnd();
  const width = widths.reduce((sum, one) => sum + one, 0);
  return [
    `Model: "${title}"`,
    '_'.repeat(width),
    line(HEADINGS),
    '='.repeat(width),
    ...cells.map(line),
    '='.repeat(width),
    `Total params: ${grouped(total)}`,
    `Trainable params: ${grouped(trainableTotal)}`,
    `Non-trainable params: ${grouped(total - trainableTotal)}`,
    '_'.repeat(width),
  ].join('\n');
}

export function countParameters(weights: readonly Variable[]): number {
  return weights.reduce((sum, weight) => sum + weight.size, 0);
}

/** 1234567 -> 1,234,567, whatever the locale of the host. */
function grouped(count: number): string {
  return `${count}`.replace(/\B(?=(\d{3})+$)/g, ',');
}
