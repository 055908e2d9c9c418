/** Points of the square from (-1, -1) to (1, 1) as a picture in colour. */
import type { Picture } from '../src/index.ts';

export interface PointSet {
  /** x and y of each point, in turn. */
  readonly points: Float32Array;
  readonly color: readonly [red: number, green: number, blue: number];
}

/**
 * A white picture of `side` x `side` pixels, in which each point darkens a square of 3 x 3 pixels towards its colour;
 * so dense places are dark, and later sets do not hide earlier ones. Points outside the square are left out.
 */
export function scatterPlot(sets: readonly PointSet[], side: number): Picture {
  const pixels = new Uint8Array(side * side * 3).fill(255);
  for (const { points, color } of sets) {
    for (let i = 0; i < points.length; i += 2) {
      const column = Math.floor(((points[i]! + 1) / 2) * side);
      // Upwards, as in a drawing.
      const row = Math.floor(((1 - points[i + 1]!) / 2) * side);
      for (let y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) {
          color.forEach((level, c) => {
            const at = (y * side + x) * 3 + c;
            pixels[at] = Math.round(0.6 * pixels[at]! + 0.4 * Math.min(pixels[at]!, level));
          });
        }
      }
    }
  }
  return { pixels, width: side, height: side };
}
