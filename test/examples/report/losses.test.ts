import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lossCharts, readLosses } from '../../../examples/report/losses.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-losses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (...lines: string[]): void => writeFileSync(join(folder, 'losses.csv'), lines.join('\n'));

describe('the losses of a run', () => {
  test('lie at the fraction of the epochs that is done; a penalty only where it was computed', () => {
    write(
      'epoch,step,generator_loss,discriminator_loss,gradient_penalty',
      '1,1,4,2,0.5',
      '1,2,3,1,0',
      '2,1,2,3,0.25',
      '',
    );
    const { epochs, rows, series } = readLosses(folder, 2);
    expect({ epochs, rows }).toEqual({ epochs: 1, rows: 3 });
    expect(series).toMatchObject([
      { name: 'generator', x: [0.5, 1, 1.5], y: [4, 3, 2], mean: 2, isLoss: true },
      { name: 'discriminator', x: [0.5, 1, 1.5], y: [2, 1, 3], mean: 3, isLoss: true },
      { name: 'gradient penalty', x: [0.5, 1.5], y: [0.5, 0.25], mean: 0.25, isLoss: false },
    ]);
    const charts = lossCharts(readLosses(folder, 2));
    expect(charts.map(({ title, series }) => [title, ...series.map(({ name }) => name)])).toEqual([
      ['Losses', 'discriminator 3.00', 'generator 2.00'],
      ['Gradient penalty', 'gradient penalty 0.250'],
    ]);
  });

  test('of an autoencoder are one, on a logarithmic axis; a row that is being written is left out', () => {
    writeFileSync(join(folder, 'losses.csv'), 'epoch,step,loss\n1,1,0.4\n1,2,0.2\n2');
    expect(readLosses(folder, 2)).toMatchObject({ epochs: 1, rows: 2, series: [{ name: 'loss', y: [0.4, 0.2] }] });
    expect(lossCharts(readLosses(folder, 2))).toMatchObject([{ title: 'Loss', yScale: 'logarithmic' }]);
  });

  test.each([
    ['nothing', ''],
    ['a header', 'epoch,step,loss\n'],
  ])('a file of %s has no series', (_, content) => {
    writeFileSync(join(folder, 'losses.csv'), content);
    expect(readLosses(folder, 2)).toEqual({ epochs: 0, rows: 0, series: [] });
    rmSync(join(folder, 'losses.csv'));
    expect(readLosses(folder, 2)).toEqual({ epochs: 0, rows: 0, series: [] });
  });
});
