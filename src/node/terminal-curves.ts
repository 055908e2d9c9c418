/**
 * Curves of losses as text, in braille characters: each has 2 x 4 dots. U+2800 plus the bits of its dots (Unicode,
 * "Braille Patterns"): 1, 2, 4, 64 in the left column from the top, 8, 16, 32, 128 in the right one.
 */

/** Bits of the dots by column and row. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;
/** Columns for the numbers of the axis, and the axis. */
const AXIS = 8;

/** The means of equal parts of a series of any length, in bounded memory. */
export interface Series {
  add(value: number): void;
  /** The means so far, at most the capacity. */
  points(): readonly number[];
  last(): number;
}

/** @param capacity an even number of points. When they are all used, each two become one. */
export function createSeries(capacity = 1024): Series {
  let means: number[] = [];
  let stride = 1;
  let sum = 0;
  let count = 0;
  let latest = 0;
  return {
    add(value) {
      latest = value;
      sum += value;
      if (++count < stride) return;
      means.push(sum / count);
      sum = count = 0;
      if (means.length < capacity) return;
      means = Array.from({ length: capacity / 2 }, (_, i) => (means[2 * i]! + means[2 * i + 1]!) / 2);
      stride *= 2;
    },
    points: () => (count === 0 ? means : [...means, sum / count]),
    last: () => latest,
  };
}

/** A curve with its name. */
export interface Curve {
  readonly name: string;
  readonly series: Series;
}

/**
 * The curves one below the other, as `height` lines of at most `width` characters: for each a line with its name and
 * last value, and the curve with its largest and smallest value; at the bottom what the axis counts. No lines if there
 * is no room for it.
 */
export function curvePanel(curves: readonly Curve[], caption: string, width: number, height: number): string[] {
  const rows = Math.floor((height - 1) / curves.length) - 1;
  if (rows < 2 || width < AXIS + 12) return [];
  const lines = curves.flatMap(({ name, series }) => {
    const points = series.points();
    if (points.length === 0) return Array.from({ length: rows + 1 }, () => '');
    const [top, bottom] = rangeOf(points);
    const title = `${name} ${series.last().toFixed(4)}`;
    const plot = brailleCurve(points, bottom, top, width - AXIS, rows);
    const label = (row: number): string => (row === 0 ? axisText(top) : row === rows - 1 ? axisText(bottom) : '');
    return [' '.repeat(AXIS) + title, ...plot.map((line, row) => `${label(row).padStart(AXIS - 2)} \u2502${line}`)];
  });
  const padding = Array.from({ length: height - 1 - lines.length }, () => '');
  return [...lines, ' '.repeat(AXIS) + caption, ...padding].map((line) => line.slice(0, width).trimEnd());
}

/** Largest and smallest value. A constant has a range about it, so that its line is in the middle. */
function rangeOf(points: readonly number[]): [top: number, bottom: number] {
  const [top, bottom] = [Math.max(...points), Math.min(...points)];
  const margin = top === bottom ? Math.max(Math.abs(top) / 10, 0.1) : 0;
  return [top + margin, bottom - margin];
}

/** At most six characters for |value| < 10,000. */
function axisText(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 2 : 0).slice(0, AXIS - 2);
}

/**
 * Lines of `columns` characters. Each column of dots shows the mean of its points; jumps are joined by vertical lines.
 */
function brailleCurve(points: readonly number[], bottom: number, top: number, columns: number, rows: number): string[] {
  const height = 4 * rows;
  const cells = new Uint8Array(columns * rows);
  let before = -1;
  for (let x = 0; x < 2 * columns; x++) {
    const value = meanOf(points, x / (2 * columns), (x + 1) / (2 * columns));
    const y = Math.round(((top - value) / (top - bottom)) * (height - 1));
    const from = before < 0 ? y : before < y ? before + 1 : before > y ? before - 1 : y;
    for (let dot = Math.min(from, y); dot <= Math.max(from, y); dot++) {
      cells[(dot >> 2) * columns + (x >> 1)]! |= DOTS[(x & 1) as 0 | 1][(dot & 3) as 0 | 1 | 2 | 3];
    }
    before = y;
  }
  return Array.from({ length: rows }, (_, row) => {
    const line = cells.subarray(row * columns, (row + 1) * columns);
    return Array.from(line, (bits) => String.fromCharCode(BLANK + bits)).join('');
  });
}

/** The mean of the points in a part of the series, from share `begin` to share `end`: at least one point. */
function meanOf(points: readonly number[], begin: number, end: number): number {
  const from = Math.min(points.length - 1, Math.floor(begin * points.length));
  const to = Math.max(from + 1, Math.floor(end * points.length));
  let sum = 0;
  for (let i = from; i < to; i++) sum += points[i]!;
  return sum / (to - from);
}

/** The lines of `left`, which have one width on the screen, with those of `right` behind them. */
export function sideBySide(left: readonly string[], right: readonly string[], gap: number): string[] {
  return left.map((line, i) => (right[i] ? line + ' '.repeat(gap) + right[i] : line));
}
