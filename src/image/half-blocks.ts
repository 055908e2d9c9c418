/**
 * Renders a grey picture as text. Each character shows two pixels, one above the other. With colours it is an upper
 * half block: its foreground is the upper pixel, its background the lower one. Without, its density is the mean of the
 * two. Escape sequences: ECMA-48, "select graphic rendition"; 38 and 48 with 2;r;g;b (24-bit) or 5;n (256 colours).
 */
import { choice, readOptions } from '../core/options.ts';
import { checkPicture } from './chunks.ts';

/** `truecolor` writes 24-bit colours, `256` the greys of 256-colour terminals, `none` no escape sequences. */
export type ColorMode = 'truecolor' | '256' | 'none';

export interface HalfBlockOptions {
  /** Default 'truecolor'. */
  readonly color?: ColorMode | undefined;
}

const OPTIONS = { color: choice(['truecolor', '256', 'none']).or('truecolor') };

const HALF_BLOCK = '\u2580';
/** From black to white, on a dark background. */
const DENSITIES = ' .:-=+*#%@';
const RESET = '\u001b[0m';

/**
 * The picture as `ceil(height / 2)` lines of `width` characters, joined by line feeds. Each line resets its colours at
 * the end. If the height is odd, the lower half of the last line has the background of the terminal.
 *
 * @param pixels `width * height` bytes, row by row, 0 black to 255 white.
 * @throws ArgumentError or ShapeError if the sizes do not fit or `color` is unknown.
 */
export function halfBlocks(pixels: Uint8Array, width: number, height: number, options: HalfBlockOptions = {}): string {
  checkPicture('halfBlocks', 'pixels', pixels, width, height);
  const { color } = readOptions('halfBlocks', options, OPTIONS);
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    const upper = pixels.subarray(y * width, (y + 1) * width);
    const lower = y + 1 < height ? pixels.subarray((y + 1) * width, (y + 2) * width) : undefined;
    lines.push(color === 'none' ? densityLine(upper, lower) : colorLine(upper, lower, color));
  }
  return lines.join('\n');
}

function densityLine(upper: Uint8Array, lower: Uint8Array | undefined): string {
  let line = '';
  for (let x = 0; x < upper.length; x++) {
    const mean = (upper[x]! + (lower === undefined ? 0 : lower[x]!)) / 2;
    line += DENSITIES[Math.floor((mean * DENSITIES.length) / 256)]!;
  }
  return line;
}

/** Writes a colour only where it changes, so that a flat background takes one character for each cell. */
function colorLine(upper: Uint8Array, lower: Uint8Array | undefined, color: 'truecolor' | '256'): string {
  let line = '';
  let foreground = '';
  let background = '';
  for (let x = 0; x < upper.length; x++) {
    const codes: string[] = [];
    const above = grey(upper[x]!, color);
    if (above !== foreground) codes.push(`38;${(foreground = above)}`);
    if (lower !== undefined) {
      const below = grey(lower[x]!, color);
      if (below !== background) codes.push(`48;${(background = below)}`);
    }
    line += codes.length === 0 ? HALF_BLOCK : `\u001b[${codes.join(';')}m${HALF_BLOCK}`;
  }
  return line + RESET;
}

function grey(value: number, color: 'truecolor' | '256'): string {
  return color === 'truecolor' ? `2;${value};${value};${value}` : `5;${greyRamp(value)}`;
}

/** The nearest of 26 greys: 16 is black, 232 to 255 are 8, 18, ... 238, and 231 is white. */
function greyRamp(value: number): number {
  if (value < 4) return 16;
  if (value > 246) return 231;
  return 232 + Math.min(23, Math.round(Math.max(0, value - 8) / 10));
}
