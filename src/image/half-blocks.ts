/**
 * Renders a picture as text. Each character shows two pixels, one above the other. With colours it is an upper half
 * block: its foreground is the upper pixel, its background the lower one. Without, its density is the mean brightness
 * of the two. Escape sequences: ECMA-48, "select graphic rendition"; 38 and 48 with 2;r;g;b (24-bit) or 5;n (256
 * colours).
 */
import { choice, readOptions } from '../core/options.ts';
import { type Channels, checkPicture, luma } from './chunks.ts';

/** `truecolor` writes 24-bit colours, `256` those of 256-colour terminals, `none` no escape sequences. */
export type ColorMode = 'truecolor' | '256' | 'none';

/** The options of halfBlocks(). */
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
 * @param pixels row by row: `width * height` bytes, 0 black to 255 white, or three times as many, red, green and blue.
 * @throws ArgumentError or ShapeError if the sizes do not fit or `color` is unknown.
 * @example
 * const { pixels, width, height } = imageGrid(zeros([2, 28, 28, 1]));
 * console.log(halfBlocks(pixels, width, height, { color: '256' }));
 */
export function halfBlocks(pixels: Uint8Array, width: number, height: number, options: HalfBlockOptions = {}): string {
  const channels = checkPicture('halfBlocks', 'pixels', pixels, width, height);
  const { color } = readOptions('halfBlocks', options, OPTIONS);
  const size = width * channels;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    const upper = pixels.subarray(y * size, (y + 1) * size);
    const lower = y + 1 < height ? pixels.subarray((y + 1) * size, (y + 2) * size) : undefined;
    lines.push(color === 'none' ? densityLine(upper, lower, channels) : colorLine(upper, lower, channels, color));
  }
  return lines.join('\n');
}

function densityLine(upper: Uint8Array, lower: Uint8Array | undefined, channels: Channels): string {
  let line = '';
  for (let at = 0; at < upper.length; at += channels) {
    const mean = (brightness(upper, at, channels) + (lower === undefined ? 0 : brightness(lower, at, channels))) / 2;
    line += DENSITIES[Math.floor((mean * DENSITIES.length) / 256)]!;
  }
  return line;
}

/** Writes a colour only where it changes, so that a flat background takes one character for each cell. */
function colorLine(
  upper: Uint8Array,
  lower: Uint8Array | undefined,
  channels: Channels,
  color: 'truecolor' | '256',
): string {
  const codeOf = color === 'truecolor' ? trueColor : paletteColor;
  let line = '';
  let foreground = '';
  let background = '';
  for (let at = 0; at < upper.length; at += channels) {
    const codes: string[] = [];
    const above = codeOf(upper, at, channels);
    if (above !== foreground) codes.push(`38;${(foreground = above)}`);
    if (lower !== undefined) {
      const below = codeOf(lower, at, channels);
      if (below !== background) codes.push(`48;${(background = below)}`);
    }
    line += codes.length === 0 ? HALF_BLOCK : `\u001b[${codes.join(';')}m${HALF_BLOCK}`;
  }
  return line + RESET;
}

/** Red, green and blue of a pixel. Grey has all three equal. */
function colorsOf(pixels: Uint8Array, at: number, channels: Channels): readonly [number, number, number] {
  const last = channels - 1;
  return [pixels[at]!, pixels[at + Math.min(1, last)]!, pixels[at + last]!];
}

function brightness(pixels: Uint8Array, at: number, channels: Channels): number {
  if (channels === 1) return pixels[at]!;
  const [red, green, blue] = colorsOf(pixels, at, channels);
  return luma(red, green, blue);
}

function trueColor(pixels: Uint8Array, at: number, channels: Channels): string {
  return `2;${colorsOf(pixels, at, channels).join(';')}`;
}

function paletteColor(pixels: Uint8Array, at: number, channels: Channels): string {
  const [red, green, blue] = colorsOf(pixels, at, channels);
  if (red === green && green === blue) return `5;${greyRamp(red)}`;
  return `5;${16 + 36 * cubeLevel(red) + 6 * cubeLevel(green) + cubeLevel(blue)}`;
}

/** The nearest level of the cube of 6 x 6 x 6 colours, whose levels are 0, 95, 135, 175, 215 and 255. */
function cubeLevel(value: number): number {
  return value < 48 ? 0 : Math.max(1, Math.round((value - 55) / 40));
}

/** The nearest of 26 greys: 16 is black, 232 to 255 are 8, 18, ... 238, and 231 is white. */
function greyRamp(value: number): number {
  if (value < 4) return 16;
  if (value > 246) return 231;
  return 232 + Math.min(23, Math.round(Math.max(0, value - 8) / 10));
}
