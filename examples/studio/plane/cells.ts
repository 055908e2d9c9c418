/**
 * The cells of the generator's mapped grid (grid.ts), and how densely each is filled. Each cell holds the same share of
 * the generated points, so one of a large area is thin, and one of a small area dense:
 *   density = share / area
 */

/** Places of a cell's corners in the list of corners, in the order of a walk around the cell. */
export type Cell = readonly [number, number, number, number];

/** All cells, row by row. */
export function cellsOf(side: number): readonly Cell[] {
  return Array.from({ length: side * side }, (_, i) => {
    const first = Math.floor(i / side) * (side + 1) + (i % side);
    return [first, first + 1, first + side + 2, first + side + 1];
  });
}

/** Points per unit of area, if there is one point. @param corners - x and y of each corner in turn */
export function densityOf(cell: Cell, side: number, corners: Float32Array): number {
  return 1 / (side * side * areaOf(cell, corners));
}

/** The area between the corners. Of a cell that is twisted, the difference of its two parts. */
function areaOf(cell: Cell, corners: Float32Array): number {
  let twice = 0;
  for (let i = 0; i < 4; i++) {
    const from = 2 * cell[i]!;
    const to = 2 * cell[(i + 1) % 4]!;
    twice += corners[from]! * corners[to + 1]! - corners[to]! * corners[from + 1]!;
  }
  return Math.abs(twice) / 2;
}
