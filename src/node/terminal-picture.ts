/**
 * The sample grid as text that fits a terminal: digits at full size where there is room, else smaller, and fewer of
 * them rather than ones too small to recognise.
 */
import { arrangeImages, byteImages, type Samples } from '../image/grid.ts';
import { type ColorMode, halfBlocks } from '../image/half-blocks.ts';
import { resizeImage } from '../image/resize.ts';

/** Pixels between the images in the terminal. */
const MARGIN = 1;
/** A digit keeps at least this share of its width and height; MNIST's own digits are readable in 16 of 28 pixels. */
const SMALLEST_SCALE = 16 / 28;

/** How many of the images are shown, in how many columns, and at which size each. */
interface Layout {
  readonly count: number;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The layout with the most images, and among those the one with the largest, for an area of `areaWidth` x `areaHeight`
 * pixels; undefined where not even one fits.
 */
export function layOut(
  count: number,
  imageWidth: number,
  imageHeight: number,
  areaWidth: number,
  areaHeight: number,
): Layout | undefined {
  let best: Layout | undefined;
  for (let columns = 1; columns <= count; columns++) {
    for (let rows = 1; rows <= Math.ceil(count / columns); rows++) {
      const scale = Math.min(
        1,
        (Math.floor((areaWidth - MARGIN) / columns) - MARGIN) / imageWidth,
        (Math.floor((areaHeight - MARGIN) / rows) - MARGIN) / imageHeight,
      );
      if (scale < SMALLEST_SCALE) continue;
      const shown = Math.min(count, columns * rows);
      // Rounding may make 28 * (19 / 28) slightly less than 19.
      const width = Math.max(1, Math.floor(imageWidth * scale + 1e-6));
      const height = Math.max(1, Math.floor(imageHeight * scale + 1e-6));
      const better = best === undefined || shown > best.count || (shown === best.count && width > best.width);
      // Among equals, prefer the layout whose numbers of columns and rows are closest.
      const squarer =
        best !== undefined &&
        shown === best.count &&
        width === best.width &&
        Math.abs(columns - rows) < Math.abs(best.columns - Math.ceil(best.count / best.columns));
      if (better || squarer) best = { count: shown, columns, width, height };
    }
  }
  return best;
}

/** A picture as lines of text, and the number of characters of each on the screen. */
export interface TextPicture {
  readonly lines: readonly string[];
  readonly width: number;
}

/**
 * A picture of at most `columns` characters in width and `lines` in height; one without lines where nothing fits.
 *
 * @param samples [n, h, w, 1] or [n, h, w, 3] in [-1, 1], as `trainGan` hands to `onEpoch`.
 */
export function samplePicture(samples: Samples, columns: number, lines: number, color: ColorMode): TextPicture {
  const { bytes, count, height, width, channels } = byteImages('samplePicture', samples);
  const layout = layOut(count, width, height, columns, 2 * lines);
  if (layout === undefined) return { lines: [], width: 0 };
  // Images one below the other are one tall picture, so they shrink in one go.
  const shown = bytes.subarray(0, layout.count * height * width * channels);
  const small = resizeImage(shown, width, layout.count * height, layout.width, layout.count * layout.height);
  const shrunk = { ...layout, channels, bytes: small.pixels };
  const grid = arrangeImages('samplePicture', shrunk, layout.columns, MARGIN, 0);
  return { lines: halfBlocks(grid.pixels, grid.width, grid.height, { color }).split('\n'), width: grid.width };
}
