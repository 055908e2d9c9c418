/** Pictures of a run are enlarged by a whole number, so that a grid of small images is about 488 pixels wide. */
import type { GridOptions, Samples } from '../../src/index.ts';

const MARGIN = 2;
/** Four columns of digits, four times as large. */
const READABLE_WIDTH = 488;

/** The options for imageGrid and saveImage. */
export function readableGrid({ shape }: Samples, columns: number): GridOptions {
  const [count = 1, , imageWidth = 1] = shape;
  const width = Math.min(columns, count) * (imageWidth + MARGIN) + MARGIN;
  return { columns, margin: MARGIN, scale: Math.max(1, Math.round(READABLE_WIDTH / width)) };
}
