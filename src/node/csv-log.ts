/**
 * Writes the measures of each step to a CSV file: a header with their names in snake case, then a row for each step.
 * Each step adds its row at once, so that the file has all steps of a checkpoint.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { invalid } from '../core/check.ts';
import { checkPlace, type StepPlace, writing } from './log-file.ts';
import { measuresOf } from './measures.ts';

const WHERE = 'csvLog';

/**
 * Logs a training as CSV: pass the result as `onStep` to trainGan(), trainAutoencoder() or trainClassifier(). The
 * columns are epoch, step, and each measure, such as generator_loss.
 *
 * A new training replaces the file. A resumed one keeps the rows before its first step: after a crash the file can have
 * steps that were done after the last checkpoint and are now done again. Use one log for one training.
 *
 * @returns a function that adds a row. It throws a RuntimeError if the file cannot be written.
 * @throws ArgumentError if the path is no text.
 * @example
 * const { images } = await loadMnist({ limit: 1000 });
 * await trainGan({ images, epochs: 5, onStep: csvLog('losses.csv') });
 */
export function csvLog(path: string): <E extends StepPlace>(event: E) => void {
  if (typeof path !== 'string' || path === '') invalid(WHERE, 'path', 'the name of a file', path);
  let started = false;
  return (event) => {
    checkPlace(WHERE, event, ['epoch', 'step']);
    const { epoch, step } = event;
    const measures = measuresOf(event);
    writing(WHERE, path, () => {
      if (!started) startFile(path, ['epoch', 'step', ...measures.map(([name]) => name)], event);
      appendFileSync(path, `${[epoch, step, ...measures.map(([, value]) => value)].join()}\n`);
    });
    started = true;
  };
}

/** Writes the header, and again the rows of an earlier file that come before `first`. */
function startFile(path: string, header: readonly string[], first: StepPlace): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  writeFileSync(path, `${[header.join(), ...rowsBefore(text, header.length, first)].join('\n')}\n`);
}

function rowsBefore(text: string, columns: number, { epoch, step }: StepPlace): string[] {
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
