/**
 * Axes: places of values on a line of pixels, and round numbers to label it with. Linear steps are 1, 2 or 5 times a
 * power of ten; logarithmic ticks are such numbers themselves, or powers of ten alone if the axis has many.
 */

export type ScaleKind = 'linear' | 'logarithmic';

export interface Scale {
  /** The pixel of a value. Not finite if the value has no place: NaN, or 0 and less on a logarithmic axis. */
  readonly place: (value: number) => number;
  /** Round values within the range, in ascending order. */
  readonly ticks: readonly number[];
}

/**
 * @param low - the value at the pixel `start`; above 0 for a logarithmic scale.
 * @param high - the value at the pixel `end`; above `low`.
 * @param count - about so many ticks are wanted.
 */
export function makeScale(
  kind: ScaleKind,
  low: number,
  high: number,
  start: number,
  end: number,
  count: number,
): Scale {
  if (kind === 'linear') {
    const slope = (end - start) / (high - low);
    return { place: (value) => start + (value - low) * slope, ticks: linearTicks(low, high, count) };
  }
  const from = Math.log(low);
  const slope = (end - start) / (Math.log(high) - from);
  const place = (value: number): number => (value > 0 ? start + (Math.log(value) - from) * slope : Number.NaN);
  return { place, ticks: logarithmicTicks(low, high, count) };
}

/** Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most about `count` of them. */
export function linearTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * power;
  // A millionth of a step absorbs the rounding errors of the division.
  const first = Math.ceil(low / step - 1e-6);
  const last = Math.floor(high / step + 1e-6);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => withoutNoise((first + i) * step));
}

/** 1, 2 and 5 times powers of ten from `low` to `high`; powers of ten if there would be more than `count`. */
export function logarithmicTicks(low: number, high: number, count: number): number[] {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) powers.push(power);
  const within = (ticks: readonly number[]): number[] => ticks.filter((tick) => tick >= low && tick <= high);
  const fine = within(powers.flatMap((power) => [1, 2, 5].map((one) => withoutNoise(one * 10 ** power))));
  // A short axis has too few of these: from 30 to 40 there is none.
  if (fine.length < 3) return linearTicks(low, high, count);
  if (fine.length <= count) return fine;
  const tens = within(powers.map((power) => withoutNoise(10 ** power)));
  return tens.filter((_, i) => i % Math.ceil(tens.length / count) === 0);
}

/** 1,500; 0.25; 2e-7. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential().replace('e+', 'e');
  return value.toLocaleString('en-US', { maximumFractionDigits: 10 });
}

/** The least and the greatest value that has a place on the axis; undefined if there is none. */
export function finiteRange(
  lists: readonly ArrayLike<number>[],
  kind: ScaleKind,
): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (!Number.isFinite(value) || (kind === 'logarithmic' && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** Adds a share of the range at both ends. A linear axis that would nearly reach 0 begins there. */
export function widened(
  range: readonly [number, number] | undefined,
  kind: ScaleKind,
  share: number,
): readonly [number, number] {
  if (range === undefined) return kind === 'linear' ? [0, 1] : [1, 10];
  const [low, high] = range;
  if (kind === 'logarithmic') {
    const factor = low === high ? 1.5 : (high / low) ** share;
    return [low / factor, high * factor];
  }
  const margin = low === high ? Math.max(Math.abs(low), 1) / 2 : (high - low) * share;
  const fromZero = share > 0 && low >= 0 && low < 0.4 * high;
  // An axis without a margin keeps its start, unless it has one value only.
  return [fromZero ? 0 : low - margin, high + margin];
}

/** 3 * 0.1 is 0.30000000000000004. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12));
}
