/**
 * Long series in few points: of the points that fall into one column of pixels only the lowest and the highest are
 * drawn. The picture stays the same, since a line between more points would cover the same pixels.
 */

/** x and y in pixels. */
export type Point = readonly [x: number, y: number];

/** The points of one column of pixels. */
export interface Column {
  /** The middle of the points' places. */
  readonly x: number;
  readonly low: Point;
  readonly high: Point;
  /** Whether `low` comes before `high`. */
  readonly lowFirst: boolean;
  /** Mean of the values, not of the pixels. */
  readonly mean: number;
}

/**
 * Groups neighbouring points by columns `step` pixels wide. `low` and `high` are the least and the greatest value.
 *
 * @param values - the value of each point; a column's points are compared by it.
 * @param places - the pixels of a point; not finite where the line has a gap.
 * @returns the columns of each unbroken part of the series.
 */
export function columnsOf(values: ArrayLike<number>, places: (i: number) => Point, step: number): Column[][] {
  const parts: Column[][] = [];
  let part: Column[] = [];
  let column: Growing | undefined;
  const endColumn = (): void => {
    if (column !== undefined) part.push(finished(column));
    column = undefined;
  };
  for (let i = 0; i < values.length; i++) {
    const point = places(i);
    if (!Number.isFinite(point[0]) || !Number.isFinite(point[1])) {
      endColumn();
      if (part.length > 0) parts.push(part);
      part = [];
      continue;
    }
    const index = Math.floor(point[0] / step);
    if (column?.index !== index) {
      endColumn();
      column = { index, first: point, last: point, low: i, lowAt: point, high: i, highAt: point, sum: 0, count: 0 };
    }
    column.last = point;
    column.sum += values[i]!;
    column.count++;
    if (values[i]! < values[column.low]!) [column.low, column.lowAt] = [i, point];
    if (values[i]! > values[column.high]!) [column.high, column.highAt] = [i, point];
  }
  endColumn();
  if (part.length > 0) parts.push(part);
  return parts;
}

/** The corners of a line through the columns: the extremes of each in the order of the series. */
export function lineThrough(columns: readonly Column[]): Point[] {
  return columns.flatMap(({ low, high, lowFirst }) => {
    if (low === high) return [low];
    return lowFirst ? [low, high] : [high, low];
  });
}

interface Growing {
  readonly index: number;
  readonly first: Point;
  last: Point;
  low: number;
  lowAt: Point;
  high: number;
  highAt: Point;
  sum: number;
  count: number;
}

function finished({ first, last, low, lowAt, high, highAt, sum, count }: Growing): Column {
  return { x: (first[0] + last[0]) / 2, low: lowAt, high: highAt, lowFirst: low <= high, mean: sum / count };
}
