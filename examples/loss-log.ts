/** Writes losses.csv. Each step adds a row at once, so that the file has all steps of a checkpoint. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface StepLosses {
  readonly epoch: number;
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

const HEADER = 'epoch,step,generator_loss,discriminator_loss';

/**
 * @param resume - keep the rows of the file before the first one added. After a crash the file can have steps that were
 * done
 *   after the last checkpoint and are now done again. Without `resume` the first row starts a new file.
 * @returns a function that adds a row.
 */
export function openLossLog(path: string, resume: boolean): (losses: StepLosses) => void {
  let started = false;
  return ({ epoch, step, generatorLoss, discriminatorLoss }) => {
    if (!started) {
      started = true;
      const earlier = resume && existsSync(path) ? rowsBefore(readFileSync(path, 'utf8'), epoch, step) : [];
      writeFileSync(path, `${[HEADER, ...earlier].join('\n')}\n`);
    }
    appendFileSync(path, `${epoch},${step},${generatorLoss},${discriminatorLoss}\n`);
  };
}

function rowsBefore(text: string, epoch: number, step: number): string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((row) => {
      const fields = row.split(',').map(Number);
      // A crash can truncate the last row, and with it a number: 12,34 becomes 12,3.
      if (fields.length !== 4 || !fields.every(Number.isFinite)) return false;
      const [rowEpoch = 0, rowStep = 0] = fields;
      if (rowEpoch < 1 || rowStep < 1) return false;
      return rowEpoch < epoch || (rowEpoch === epoch && rowStep < step);
    });
}
