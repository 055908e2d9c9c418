/**
 * Where the pixels of a resized image come from. Along each axis, pixel o of the result lies at place p of x:
 *   half-pixel centres:  p = (o + 1/2) size / newSize - 1/2    (Keras, and PyTorch without align_corners)
 *   aligned corners:     p = o (size - 1) / (newSize - 1)
 *   neither:             p = o size / newSize
 * 'nearest' takes the pixel nearest to p; with half-pixel centres that is floor((o + 1/2) size / newSize), with neither
 * floor(p), as in TensorFlow. 'bilinear' takes the two pixels around p, weighted by their distances.
 */
import { type Entry, type RowMap, rowMap } from './row-map.ts';

/** How a new pixel is made: from the nearest old one, or from the four around it. */
export type Interpolation = 'nearest' | 'bilinear';
type Alignment = 'halfPixelCenters' | 'corners' | 'none';

/** The map along one axis. */
export function resizeMap(size: number, newSize: number, interpolation: Interpolation, alignment: Alignment): RowMap {
  return rowMap(size, newSize, (o) => entriesAt(o, size, newSize, interpolation, alignment));
}

function entriesAt(
  o: number,
  size: number,
  newSize: number,
  interpolation: Interpolation,
  alignment: Alignment,
): readonly Entry[] {
  const last = size - 1;
  const half = alignment === 'halfPixelCenters' ? 0.5 : 0;
  const scale = alignment === 'corners' ? last / Math.max(newSize - 1, 1) : size / newSize;
  // The place of the pixel's middle, counted from the edge of x.
  const place = (o + half) * scale;
  if (interpolation === 'nearest') {
    const nearest = alignment === 'corners' ? Math.round(place) : Math.floor(place);
    return [[Math.min(nearest, last), 1]];
  }
  const p = Math.min(Math.max(place - half, 0), last);
  const lower = Math.floor(p);
  const share = p - lower;
  return share === 0
    ? [[lower, 1]]
    : [
        [lower, 1 - share],
        [lower + 1, share],
      ];
}
