/** losses.csv: one row a step, appended epoch by epoch. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface StepLosses {
  readonly epoch: number;
  readonly step: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
}

export interface LossLog {
  /** Remembers a row; `save` writes it. */
  add(losses: StepLosses): void;
  save(): void;
}

const HEADER = 'epoch,step,generator_loss,discriminator_loss';

/**
 * @param resume keep the rows of the file that come before the first one added: after a crash it may hold steps that
 *   were done after the last checkpoint and are now done again.
 */
export function openLossLog(path: string, resume: boolean = false): LossLog {
  let rows: string[] = [];
  let begun = false;
  return {
    add({ epoch, step, generatorLoss, discriminatorLoss }) {
      if (!begun) {
        begun = true;
        const earlier = resume && existsSync(path) ? rowsBefore(readFileSync(path, 'utf8'), epoch, step) : [];
        writeFileSync(path, `${[HEADER, ...earlier].join('\n')}\n`);
      }
      rows.push(`${epoch},${step},${generatorLoss},${discriminatorLoss}\n`);
    },
    save() {
      if (rows.length > 0) appendFileSync(path, rows.join(''));
      rows = [];
    },
  };
}

function rowsBefore(text: string, epoch: number, step: number): string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((row) => {
      const [rowEpoch, rowStep] = row.split(',').map(Number);
      if (rowEpoch === undefined || rowStep === undefined) return false;
      return rowEpoch < epoch || (rowEpoch === epoch && rowStep < step);
    });
}
