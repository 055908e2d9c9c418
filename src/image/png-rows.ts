/**
 * The rows of a PNG: filters, and the seven passes of an interlaced picture.
 * Source: PNG specification, third edition (W3C), sections 8 (interlacing) and 9 (filtering).
 */

/** Part of a picture that is stored as a picture of its own: the pixels (x0 + i dx, y0 + j dy). */
export interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
  /** Size in pixels; at least 1. */
  readonly width: number;
  readonly height: number;
}

/** Adam7: first pixel and steps of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of a picture that have pixels: one, or up to seven if it is interlaced. */
export function passesOf(width: number, height: number, interlaced: boolean): readonly Pass[] {
  if (!interlaced) return [{ x0: 0, y0: 0, dx: 1, dy: 1, width, height }];
  return ADAM7.map(([x0, y0, dx, dy]) => ({
    ...{ x0, y0, dx, dy },
    width: Math.ceil((width - x0) / dx),
    height: Math.ceil((height - y0) / dy),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row without its filter byte. */
export function rowBytes(width: number, bitsPerPixel: number): number {
  return Math.ceil((width * bitsPerPixel) / 8);
}

/** Bytes of all rows of a pass, each with its filter byte. */
export function passBytes({ width, height }: Pass, bitsPerPixel: number): number {
  return (rowBytes(width, bitsPerPixel) + 1) * height;
}

/**
 * Undoes the filters of a pass in place: each byte gets its prediction from the byte to the left, above, and above left
 * added. The left byte is the one of the pixel before. Returns the place of the first unknown filter, or -1.
 */
export function unfilter(rows: Uint8Array, start: number, pass: Pass, bitsPerPixel: number): number {
  const size = rowBytes(pass.width, bitsPerPixel);
  const step = Math.max(1, bitsPerPixel >> 3);
  for (let y = 0; y < pass.height; y++) {
    const filterPlace = start + y * (size + 1);
    const filter = rows[filterPlace]!;
    if (filter > 4) return filterPlace;
    const row = filterPlace + 1;
    for (let i = 0; i < size; i++) {
      const at = row + i;
      const left = i >= step ? rows[at - step]! : 0;
      const above = y > 0 ? rows[at - size - 1]! : 0;
      if (filter === 1) rows[at]! += left;
      else if (filter === 2) rows[at]! += above;
      else if (filter === 3) rows[at]! += (left + above) >> 1;
      else if (filter === 4) rows[at]! += paeth(left, above, y > 0 && i >= step ? rows[at - size - 1 - step]! : 0);
    }
  }
  return -1;
}

/** Of the three neighbours, the one nearest to left + above - corner. Ties go to the left, then to the one above. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
}
