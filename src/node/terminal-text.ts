/**
 * The texts of the dashboard: durations, rates, the progress line and the line of a finished epoch. Pure functions.
 */

/** What the progress line shows. Steps and epochs count from 1, times are in seconds. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  /** Undefined until enough steps are done to tell. */
  readonly stepsPerSecond: number | undefined;
}

/** A finished epoch: mean losses and penalty, seconds it took, seconds left in the training. */
interface EpochSummary {
  readonly epoch: number;
  readonly epochs: number;
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  /** Only of a training with a penalty. */
  readonly gradientPenalty?: number | undefined;
  readonly seconds: number;
  readonly secondsLeft: number | undefined;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 5;

/** Seconds as a clock shows them: 0:07, 12:05, 1:02:09, 2d 3:00:00; '?' for what is not a time. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?';
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600) % 24;
  const days = Math.floor(whole / 86400);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 0) return `${days}d ${hours}:${two(minutes)}:${two(whole % 60)}`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(whole % 60)}`;
  return `${minutes}:${two(whole % 60)}`;
}

/** Steps a second with about three digits: 0.42, 8.13, 48.2, 312. */
export function formatRate(perSecond: number): string {
  return perSecond.toFixed(perSecond < 10 ? 2 : perSecond < 100 ? 1 : 0);
}

/** Seconds until the last epoch ends, at the present rate. */
export function secondsLeft(progress: Progress): number | undefined {
  const { epoch, epochs, step, stepsPerEpoch, stepsPerSecond } = progress;
  if (stepsPerSecond === undefined || stepsPerSecond <= 0) return undefined;
  return ((epochs - epoch) * stepsPerEpoch + stepsPerEpoch - step) / stepsPerSecond;
}

/**
 * One line of at most `width` characters:
 * `epoch 3/100 █████████░░░░░░ 23/40  G 0.7231  D 1.2012  48.2 steps/s  1:19 left`.
 * Where it does not fit, the bar shrinks first, then the rate goes, the bar, the losses, the time left.
 */
export function progressLine(progress: Progress, width: number): string {
  const { epoch, epochs, step, stepsPerEpoch, stepsPerSecond } = progress;
  // Padded to constant width, so that nothing jumps from step to step.
  const name = `epoch ${padded(epoch, epochs)}/${epochs}`;
  const count = `${padded(step, stepsPerEpoch)}/${stepsPerEpoch}`;
  const losses = `G ${progress.generatorLoss.toFixed(4)}  D ${progress.discriminatorLoss.toFixed(4)}`;
  const rate = stepsPerSecond === undefined ? '' : `${formatRate(stepsPerSecond)} steps/s`;
  const left = secondsLeft(progress);
  const time = left === undefined ? '' : `${formatDuration(left)} left`;

  for (const tail of [
    [losses, rate, time],
    [losses, time],
  ]) {
    const words = [count, ...tail.filter((word) => word !== '')].join('  ');
    const room = Math.min(WIDEST_BAR, width - name.length - words.length - 2);
    if (room >= NARROWEST_BAR) return `${name} ${progressBar(step / stepsPerEpoch, room)} ${words}`;
  }
  for (const words of [
    [name, count, losses, time],
    [name, count, time],
    [name, count],
  ]) {
    const line = words.filter((word) => word !== '').join('  ');
    if (line.length <= width) return line;
  }
  return count.slice(0, Math.max(0, width));
}

/** A bar of `width` characters, filled to `share` (0 to 1). */
export function progressBar(share: number, width: number): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * width);
  return '\u2588'.repeat(filled) + '\u2591'.repeat(width - filled);
}

/** The line that stays after an epoch; the first form that fits into `width`. */
export function epochLine(summary: EpochSummary, width: number): string {
  const { generatorLoss, discriminatorLoss, gradientPenalty, seconds } = summary;
  const name = `epoch ${padded(summary.epoch, summary.epochs)}/${summary.epochs}`;
  const generator = generatorLoss.toFixed(4);
  const discriminator = discriminatorLoss.toFixed(4);
  const penalty = (label: string): string => {
    return gradientPenalty === undefined ? '' : `  ${label} ${gradientPenalty.toFixed(4)}`;
  };
  const time = `${seconds.toFixed(1)} s`;
  const left = summary.secondsLeft === undefined ? '' : `  ${formatDuration(summary.secondsLeft)} left`;
  const forms = [
    `${name}  generator loss ${generator}  discriminator loss ${discriminator}${penalty('gradient penalty')}  ${time}${left}`,
    `${name}  G ${generator}  D ${discriminator}${penalty('penalty')}  ${time}${left}`,
    `${name}  G ${generator}  D ${discriminator}  ${time}${left}`,
    `${name}  G ${generator}  D ${discriminator}`,
    name,
  ];
  return forms.find((form) => form.length <= width) ?? name.slice(0, Math.max(0, width));
}

/** `value` right-aligned to the width of the largest number it may become. */
function padded(value: number, largest: number): string {
  return String(value).padStart(String(largest).length);
}
