/** The shapes that ops are tested with. */

/** Scalar, empty, size 1, every remainder by 4, primes, several axes: 27 shapes. */
export const SHAPES: readonly (readonly number[])[] = [
  [],
  [0],
  [0, 3],
  [1],
  [1, 1],
  ...Array.from({ length: 16 }, (_, i) => [i + 2]),
  [23],
  [3, 5],
  [7, 1],
  [2, 3, 4],
  [1, 2, 1, 3],
  [2, 0, 2],
];

export type ShapePair = readonly [readonly number[], readonly number[]];

/** Equal shapes, remainders by 4, scalars, both operands broadcast, middle axes broadcast, rank 4, empty: 36 pairs. */
export const BROADCAST_PAIRS: readonly ShapePair[] = shapeRows<ShapePair>(`
  [] []
  [0] [0]
  [0, 3] [3]
  [0, 3] []
  [1] [0]
  [2, 1] [0]
  [1] [1]
  [1] [1, 1]
  [1] [5]
  [5] [1]
  [] [2, 3]
  [2, 3] []
  [3, 1] [1, 4]
  [1, 4] [3, 1]
  [4] [3, 1]
  [4] [3, 4]
  [3, 4] [4]
  [3, 4] [3, 1]
  [7, 1] [7, 3]
  [2, 1, 3] [4, 1]
  [2, 1, 3] [2, 2, 3]
  [5, 2, 3] [5, 1, 3]
  [2, 3, 1, 2] [1, 3, 2, 1]
  [1, 2, 1, 2] [2, 1, 2, 1]
  [2, 1, 2, 1, 2] [1, 2, 1, 2, 1]
  [3, 5] [3, 5]
  [2] [2]
  [3] [3]
  [5] [5]
  [6] [6]
  [9] [9]
  [11] [11]
  [13] [13]
  [15] [15]
  [16] [16]
  [17] [17]
`);

export function printShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Reads a table of shapes, a row for each line: `[2, 3] [3, 2]`. */
export function shapeRows<R>(text: string): R[] {
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(`[${line.trim().replace(/\] (?=[[\d-])/g, '], ')}]`) as R);
}
