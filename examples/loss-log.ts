/**
 * Writes losses.csv: the losses of each step, and the gradient penalty if there is one. Each step adds a row at once, so
 * that the file has all steps of a checkpoint.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

interface Step {
  readonly epoch: number;
  readonly step: number;
}

/**
 * @param resume - keep the rows of the file before the first one added. After a crash the file can have steps that were
 *   done after the last checkpoint and are now done again. Without `resume` the first row starts a new file.
 * @returns a function that adds a row: the event of onStep, with a column for each measure.
 */
export function openLossLog(path: string, resume: boolean): <E extends Step>(event: E) => void {
  let started = false;
  return ({ epoch, step, ...others }) => {
    const measures = Object.entries(others).filter(([name]) => name !== 'stepsPerEpoch');
    if (!started) {
      started = true;
      const header = ['epoch', 'step', ...measures.map(([name]) => snakeCase(name))];
      const text = resume && existsSync(path) ? readFileSync(path, 'utf8') : '';
      const earlier = rowsBefore(text, header.length, epoch, step);
      writeFileSync(path, `${[header.join(), ...earlier].join('\n')}\n`);
    }
    appendFileSync(path, `${[epoch, step, ...measures.map(([, value]) => value)].join()}\n`);
  };
}

/** generatorLoss becomes generator_loss. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
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
