/** losses.csv: one row a step, written at once, so that the file is never behind a checkpoint. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface StepLosses {
  readonly epoch: number;
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

const HEADER = 'epoch,step,generator_loss,discriminator_loss';

/**
 * @param resume keep the rows of the file that come before the first one added: after a crash it may hold steps that
 *   were done after the last checkpoint and are now done again. Otherwise the first row begins a new file.
 * @returns a function that adds a row.
 */
export function openLossLog(path: string, resume: boolean): (losses: StepLosses) => void {
  let begun = false;
  return ({ epoch, step, generatorLoss, discriminatorLoss }) => {
    if (!begun) {
      begun = true;
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
      // A crash can cut the last row, and a cut number is another one: 12,34,... becomes 12,3.
      if (fields.length !== 4 || !fields.every(Number.isFinite)) return false;
      const [rowEpoch = 0, rowStep = 0] = fields;
      if (rowEpoch < 1 || rowStep < 1) return false;
      return rowEpoch < epoch || (rowEpoch === epoch && rowStep < step);
    });
}
