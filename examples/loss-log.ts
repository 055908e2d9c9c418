/** Writes losses.csv. Each step adds a row at once, so that the file has all steps of a checkpoint. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface StepLosses {
  readonly epoch: number;
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

interface StepLoss {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
}

/**
 * @param resume - keep the rows of the file before the first one added. After a crash the file can have steps that were
 *   done after the last checkpoint and are now done again. Without `resume` the first row starts a new file.
 * @returns a function that adds a row.
 */
export function openLossLog(path: string, resume: boolean): (losses: StepLosses) => void {
  const add = openLog(path, resume, ['generator_loss', 'discriminator_loss']);
  return ({ epoch, step, generatorLoss, discriminatorLoss }) => add(epoch, step, [generatorLoss, discriminatorLoss]);
}

/** The same for a training with one loss. */
export function openSingleLossLog(path: string, resume: boolean): (loss: StepLoss) => void {
  const add = openLog(path, resume, ['loss']);
  return ({ epoch, step, loss }) => add(epoch, step, [loss]);
}

function openLog(
  path: string,
  resume: boolean,
  columns: readonly string[],
): (epoch: number, step: number, values: readonly number[]) => void {
  const header = ['epoch', 'step', ...columns];
  let started = false;
  return (epoch, step, values) => {
    if (!started) {
      started = true;
      const text = resume && existsSync(path) ? readFileSync(path, 'utf8') : '';
      const earlier = rowsBefore(text, header.length, epoch, step);
      writeFileSync(path, `${[header.join(), ...earlier].join('\n')}\n`);
    }
    appendFileSync(path, `${[epoch, step, ...values].join()}\n`);
  };
}

function rowsBefore(text: string, columns: number, epoch: number, step: number): string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((row) => {
      const fields = row.split(',').map(Number);
      // A crash can truncate the last row, and with it a number: 12,34 becomes 12,3.
      if (fields.length !== columns || !fields.every(Number.isFinite)) return false;
      const [rowEpoch = 0, rowStep = 0] = fields;
      if (rowEpoch < 1 || rowStep < 1) return false;
      return rowEpoch < epoch || (rowEpoch === epoch && rowStep < step);
    });
}
