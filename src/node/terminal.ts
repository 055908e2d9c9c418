/**
 * The training dashboard: hand its `onStep` and `onEpoch` to `trainGan`. In a terminal, one line stays for each
 * finished epoch, and below them the latest samples and a progress bar are redrawn in place; where there are 100
 * columns, the curves of the losses stand beside the samples. Elsewhere, and where CI is set, there is one plain line
 * an epoch. Escape sequences: ECMA-48 (cursor up, erase), understood by every terminal that TERM does not call "dumb".
 */
import { fieldsOf, hasMethods, invalid } from '../core/check.ts';
import { GanvasError } from '../core/errors.ts';
import { callback, integer, option, readOptions } from '../core/options.ts';
import type { GanLosses } from '../gan/step.ts';
import type { Samples } from '../image/grid.ts';
import type { ColorMode } from '../image/half-blocks.ts';
import type { EpochEvent, StepEvent } from '../training/events.ts';
import { createSeries, curvePanel, sideBySide } from './terminal-curves.ts';
import { samplePicture, type TextPicture } from './terminal-picture.ts';
import { epochLine, type Progress, progressLine, secondsLeft } from './terminal-text.ts';

/** What the dashboard needs of `process.stdout`. */
export interface TerminalStream {
  /** Shows text and escape sequences. */
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly writable?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Bits of a colour: 1, 4, 8 or 24. */
  getColorDepth?(environment?: object): number;
}

/** Environment variables; CI, NO_COLOR, TERM and what `getColorDepth` reads matter. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The options of createDashboard(). */
export interface DashboardOptions {
  /** Epochs of the whole training, and steps in each. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Default `process.stdout`. */
  readonly stream?: TerminalStream | undefined;
  /** Default `process.env`. */
  readonly environment?: Environment | undefined;
  /** A clock in milliseconds; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

const OPTIONS = {
  epochs: integer(1),
  stepsPerEpoch: integer(1),
  stream: option<TerminalStream>((where, argument, value) =>
    hasMethods(value, ['write'])
      ? (value as object as TerminalStream)
      : invalid(where, argument, 'a stream with a function write', value),
  ).optional(),
  environment: option<Environment>((where, argument, value) => {
    fieldsOf(where, argument, value, ['CI', 'NO_COLOR', 'TERM']);
    return value as Environment;
  }).optional(),
  now: callback<() => number>().or(() => performance.now()),
};

/** None of these functions uses `this`, so they can be passed as callbacks. */
export interface Dashboard {
  /** Redraws the progress bar, at most ten times a second. */
  readonly onStep: (event: Omit<StepEvent<GanLosses>, 'stepsPerEpoch'>) => void;
  /**
   * Writes the epoch's line and, in a terminal, its samples if they are pictures: [n, height, width, 1] or [n, height,
   * width] in grey, [n, height, width, 3] in colour.
   */
  readonly onEpoch: (event: EpochEvent<GanLosses, { readonly samples: Samples }>) => void;
  /** Writes a line of text above the samples and the bar. */
  readonly print: (text: string) => void;
  /** Shows a line of text between the samples and the bar until the next note; '' removes it. Only in a terminal. */
  readonly note: (text: string) => void;
  /** Removes the bar and leaves the cursor on a new line; later calls of the others write nothing but text. */
  readonly close: () => void;
}

const REDRAW_MILLISECONDS = 100;
/** The rate is a mean over the last 3 to 6 seconds: steady, yet it follows a change. */
const RATE_MILLISECONDS = 3000;
/** The samples and the curves are written again for the curves' sake so often. */
const CURVES_MILLISECONDS = 1000;
/** Lines of a terminal that the samples leave free: an epoch's line, the bar and an empty one. */
const LINES_BESIDE_PICTURE = 3;
/** The width of a terminal that has curves beside the samples, and the share of it that the samples leave them. */
const WIDTH_WITH_CURVES = 100;
const CURVES_SHARE = 0.4;
/** Curves get no wider than this. */
const WIDEST_CURVES = 72;
const GAP = 2;
/** The width of lines if the stream is not a terminal: no limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Shows a training in the terminal: progress, losses and a picture of the samples.
 *
 * @throws ArgumentError for a missing count or an unknown option.
 * @example
 * const { images } = await loadMnist();
 * const dashboard = createDashboard({ epochs: 100, stepsPerEpoch: Math.ceil(images.count / 256) });
 * await trainGan({ images, epochs: 100, onStep: dashboard.onStep, onEpoch: dashboard.onEpoch });
 * dashboard.close();
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const { epochs, stepsPerEpoch, now, ...given } = readOptions('createDashboard', options, OPTIONS);
  const { stream = process.stdout, environment = process.env } = given;
  const live = isLive(stream, environment);
  const color = colorMode(stream, environment);
  const rate = rateMeter(now);
  const curves = [
    { name: 'generator loss', series: createSeries() },
    { name: 'discriminator loss', series: createSeries() },
  ] as const;
  let picture: TextPicture = { lines: [], width: 0 };
  let noted = '';
  let bar = '';
  let firstStep = 0;
  let lastStep = 0;
  let drawnAt = -Infinity;
  let curvesDrawnAt = -Infinity;
  let drawnLines = 0;
  let drawnWidth = 0;
  let closed = false;

  const write = (text: string): void => {
    // The stream's 'error' event tells the program about a closed pipe; further writes would only repeat it.
    if (stream.writable !== false) stream.write(text);
  };
  // One column stays free: a character in the last one makes some terminals wrap.
  const width = (): number => (live ? (stream.columns || 80) - 1 : NO_LIMIT);

  const hasCurves = (): boolean => live && width() + 1 >= WIDTH_WITH_CURVES;

  /** The lines between those of the epochs and the bar. */
  const view = (): string[] => {
    const room = Math.min(WIDEST_CURVES, width() - picture.width - GAP);
    const caption = `steps ${firstStep.toLocaleString('en')} to ${lastStep.toLocaleString('en')}`;
    const panel = hasCurves() ? curvePanel(curves, caption, room, picture.lines.length) : [];
    return [...sideBySide(picture.lines, panel, GAP), ...(noted === '' ? [] : [noted.slice(0, width())])];
  };

  /** Writes `text` where samples and bar stand, and those below it again. */
  const redraw = (text: string): void => {
    // After a change of width the terminal may have rewrapped the old lines. Their number is unknown: leave them.
    const up = width() === drawnWidth && drawnLines > 0 ? `\u001b[${drawnLines}A` : '';
    const lines = view();
    drawnWidth = width();
    drawnLines = lines.length;
    // What is written over is not erased first, so that nothing flickers.
    const over = [...(text === '' ? [] : text.split('\n')), ...lines].map((line) => `${line}\u001b[K\n`).join('');
    write(`\r${up}${over}${bar}\u001b[J`);
  };

  return {
    onStep(event) {
      checkEvent('onStep', event, ['epoch', 'step', 'generatorLoss', 'discriminatorLoss']);
      rate.count();
      if (!live || closed) return;
      curves[0].series.add(event.generatorLoss);
      curves[1].series.add(event.discriminatorLoss);
      lastStep = (event.epoch - 1) * stepsPerEpoch + event.step;
      firstStep ||= lastStep;
      const time = now();
      if (time - drawnAt < REDRAW_MILLISECONDS && event.step < stepsPerEpoch) return;
      drawnAt = time;
      const progress: Progress = { ...event, epochs, stepsPerEpoch, stepsPerSecond: rate.perSecond() };
      // Two more columns, or the terminal's echo of Ctrl-C, "^C", would wrap.
      bar = progressLine(progress, width() - 2);
      const stale = hasCurves() && picture.lines.length > 0 && time - curvesDrawnAt >= CURVES_MILLISECONDS;
      // After a change of width the next epoch draws them again.
      if (!stale || width() !== drawnWidth) return write(`\r${bar}\u001b[K`);
      curvesDrawnAt = time;
      redraw('');
    },

    onEpoch(event) {
      checkEvent('onEpoch', event, ['epoch', 'generatorLoss', 'discriminatorLoss', 'seconds']);
      const { epoch, generatorLoss, discriminatorLoss, gradientPenalty, seconds } = event;
      const done = { epoch, epochs, step: stepsPerEpoch, stepsPerEpoch, generatorLoss, discriminatorLoss };
      const left = epoch < epochs ? secondsLeft({ ...done, stepsPerSecond: rate.perSecond() }) : undefined;
      const line = epochLine({ ...done, gradientPenalty, seconds, secondsLeft: left }, width());
      if (!live || closed) return write(`${line}\n`);
      const columns = hasCurves() ? Math.floor(width() * (1 - CURVES_SHARE)) : width();
      const lines = (stream.rows || 24) - LINES_BESIDE_PICTURE - (noted === '' ? 0 : 1);
      picture = pictureOf(event.samples, columns, lines, color);
      curvesDrawnAt = now();
      redraw(line);
    },

    print(text) {
      if (typeof text !== 'string') invalid('print', 'text', 'a string', text);
      if (!live || closed) write(`${text}\n`);
      else redraw(text);
    },

    note(text) {
      if (typeof text !== 'string') invalid('note', 'text', 'a string', text);
      if (!live || closed || text === noted) return;
      noted = text;
      redraw('');
    },

    close() {
      if (live && !closed && (bar !== '' || noted !== '')) {
        const lines = noted === '' ? '' : '\u001b[1A';
        // The width decides whether the note is on one line, as in redraw().
        write(`\r${width() === drawnWidth ? lines : ''}\u001b[J`);
      }
      closed = true;
    },
  };
}

function checkEvent(where: string, event: unknown, names: readonly string[]): void {
  const fields = fieldsOf(where, 'event', event, names);
  for (const name of names)
    if (typeof fields[name] !== 'number') invalid(where, `event.${name}`, 'a number', fields[name]);
}

/** The samples as lines of text; no lines if they are not pictures or contain NaN. */
function pictureOf(samples: Samples, columns: number, lines: number, color: ColorMode): TextPicture {
  try {
    return samplePicture(samples, columns, lines, color);
  } catch (error) {
    // The training goes on without the picture.
    if (error instanceof GanvasError) return { lines: [], width: 0 };
    throw error;
  }
}

/** Whether lines may be redrawn: a terminal that knows escape sequences, and no CI. */
export function isLive(stream: TerminalStream, environment: Environment): boolean {
  return stream.isTTY === true && !isSet(environment['CI']) && environment['TERM'] !== 'dumb';
}

/** NO_COLOR, when not empty, means none (no-color.org); otherwise what the terminal can show. */
export function colorMode(stream: TerminalStream, environment: Environment): ColorMode {
  if ((environment['NO_COLOR'] ?? '') !== '') return 'none';
  const depth = typeof stream.getColorDepth === 'function' ? stream.getColorDepth(environment) : 1;
  return depth >= 24 ? 'truecolor' : depth >= 8 ? '256' : 'none';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** Counts events and returns the recent rate per second; undefined in the first half second. */
function rateMeter(now: () => number): { count(): void; perSecond(): number | undefined } {
  let events = 0;
  let older: { time: number; events: number } | undefined;
  let newer: { time: number; events: number } | undefined;
  return {
    count() {
      events++;
      const mark = { time: now(), events };
      if (newer === undefined) older = newer = mark;
      else if (mark.time - newer.time >= RATE_MILLISECONDS) [older, newer] = [newer, mark];
    },
    perSecond() {
      const elapsed = older === undefined ? 0 : now() - older.time;
      return older === undefined || elapsed < 500 ? undefined : ((events - older.events) / elapsed) * 1000;
    },
  };
}
