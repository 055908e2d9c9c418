/**
 * The part of the plane that is shown: the square from (-EXTENT, -EXTENT) to (EXTENT, EXTENT), x to the right and y
 * upwards. Real points lie in the square from (-1, -1) to (1, 1); a generator may leave it.
 */
export const EXTENT = 1.15;

/** Points of a drawing stay this close to the middle, so that trainGan, which expects [-1, 1], takes them. */
export const LIMIT = 1;

/** The pixel column of x in a picture of `side` columns. */
export function columnOf(x: number, side: number): number {
  return ((x + EXTENT) / (2 * EXTENT)) * side;
}

/** The pixel row of y in a picture of `side` rows. Rows go downwards. */
export function rowOf(y: number, side: number): number {
  return ((EXTENT - y) / (2 * EXTENT)) * side;
}

/** The x of a pixel column. */
export function xOf(column: number, side: number): number {
  return (column / side) * 2 * EXTENT - EXTENT;
}

/** The y of a pixel row. */
export function yOf(row: number, side: number): number {
  return EXTENT - (row / side) * 2 * EXTENT;
}
