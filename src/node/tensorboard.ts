/** Logs a training as event files of TensorBoard: the measures of steps and epochs as scalars, samples as images. */
import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { fieldsOf, invalid, isPlainObject } from '../core/check.ts';
import { GanvasError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import { GRID_OPTIONS, type GridOptions, imageGrid, type Samples } from '../image/grid.ts';
import { encodePng } from '../image/png.ts';
import { encodeEvent, FILE_VERSION, type SummaryValue } from './event-file.ts';
import { checkPlace, type StepPlace, writing } from './log-file.ts';
import { measuresOf } from './measures.ts';

/** The callbacks of a training that tensorboardLog() returns. None of them uses `this`. */
export interface TensorboardLog {
  /** Needed only by a training that resumes between the last step of an epoch and its end. */
  readonly onResume: (event: StepPlace) => void;
  /** Logs the measures of a step: step/generator_loss and so on. */
  readonly onStep: <E extends StepPlace & { readonly stepsPerEpoch: number }>(event: E) => void;
  /**
   * Logs the means of an epoch (epoch/generator_loss), its time (epoch/seconds), its measures over validation data
   * (validation/loss), and its samples if they are pictures.
   */
  readonly onEpoch: <E extends LoggedEpoch>(event: E) => void;
}

/** What tensorboardLog() reads of a finished epoch, beside its measures. */
export interface LoggedEpoch {
  readonly epoch: number;
  readonly validation?: object | undefined;
  readonly samples?: Samples | undefined;
}

const WHERE = 'tensorboardLog';

/**
 * Logs a training for TensorBoard: spread the result into the options of trainGan(), trainAutoencoder() or
 * trainClassifier(), or call its functions in callbacks of your own. `tensorboard --logdir runs` shows what is in
 * runs/mine as the run "mine".
 *
 * All values stand at the number of steps of the whole training. If `onStep` is not used, they stand at the number of
 * epochs. Each training adds a file to the directory; it begins with the step at which the training starts, and
 * TensorBoard drops from earlier files what comes from that step on. So a resumed training continues the curves, steps
 * done twice are shown once, and a new training replaces those of an earlier one in the same directory.
 *
 * @param directory is created when the first event is logged.
 * @param grid of the samples: `columns` (4), `margin` (2), `background` (0), `scale` (1).
 * @returns the callbacks. They throw a RuntimeError if the file cannot be written.
 * @throws ArgumentError if the directory is no text or an option is wrong.
 * @example
 * const { images } = await loadMnist({ limit: 1000 });
 * await trainGan({ images, epochs: 5, ...tensorboardLog('runs/mine') });
 */
export function tensorboardLog(directory: string, grid: GridOptions = {}): TensorboardLog {
  if (typeof directory !== 'string' || directory === '') {
    invalid(WHERE, 'directory', 'the path of a directory', directory);
  }
  const gridOptions = readOptions(WHERE, grid, GRID_OPTIONS);
  let stepsPerEpoch: number | undefined;
  let resumed: StepPlace | undefined;
  let path: string | undefined;

  const log = (step: number, summary: readonly SummaryValue[]): void => {
    const time = Date.now() / 1000;
    writing(WHERE, path ?? directory, () => {
      path ??= startFile(directory, time, step);
      appendFileSync(path, encodeEvent(time, step, { summary }));
    });
  };

  return {
    onResume(event) {
      fieldsOf(WHERE, 'event', event, ['epoch', 'step'], 'an event of onResume');
      resumed = event;
    },

    onStep(event) {
      checkPlace(WHERE, event, ['epoch', 'step', 'stepsPerEpoch']);
      stepsPerEpoch = event.stepsPerEpoch;
      log((event.epoch - 1) * stepsPerEpoch + event.step, scalars('step', event));
    },

    onEpoch(event) {
      checkPlace(WHERE, event, ['epoch']);
      const { epoch, validation = {}, samples } = event;
      if (!isPlainObject(validation)) invalid(WHERE, 'event.validation', 'an object of numbers', validation);
      // The first event of a resumed training is an epoch's only if all steps of that epoch were done before.
      if (stepsPerEpoch === undefined && resumed?.epoch === epoch) stepsPerEpoch = Math.max(1, resumed.step);
      log(epoch * (stepsPerEpoch ?? 1), [
        ...scalars('epoch', event),
        ...scalars('validation', validation),
        ...(samples === undefined ? [] : images(samples, gridOptions)),
      ]);
    },
  };
}

function scalars(group: string, event: object): SummaryValue[] {
  return measuresOf(event).map(([name, scalar]) => ({ tag: `${group}/${name}`, scalar }));
}

/** The samples as a PNG; nothing if they are not pictures, such as points. */
function images(samples: Samples, options: GridOptions): SummaryValue[] {
  try {
    const { pixels, width, height } = imageGrid(samples, options);
    const png = encodePng(pixels, width, height, { compress: (rows) => deflateSync(rows, { level: 9 }) });
    return [{ tag: 'samples', png, width, height, channels: pixels.length / (width * height) }];
  } catch (error) {
    if (error instanceof GanvasError) return [];
    throw error;
  }
}

const FILE_NAME = /^events\.out\.tfevents\.(\d{10,})\./;

/** Starts a new file, whose name comes after those of the earlier ones: TensorBoard reads files in this order. */
function startFile(directory: string, time: number, step: number): string {
  mkdirSync(directory, { recursive: true });
  const earlier = readdirSync(directory).map((name) => Number(FILE_NAME.exec(name)?.[1] ?? 0));
  const seconds = Math.max(Math.floor(time), ...earlier.map((one) => one + 1));
  const host = hostname().replace(/[^\w.-]/g, '-');
  const path = join(directory, `events.out.tfevents.${String(seconds).padStart(10, '0')}.${host}.${process.pid}`);
  appendFileSync(path, encodeEvent(time, 0, { fileVersion: FILE_VERSION }));
  appendFileSync(path, encodeEvent(time, step, { start: true }));
  return path;
}
