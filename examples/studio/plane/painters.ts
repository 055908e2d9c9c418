/** The parts of the picture of the plane: each draws itself on the whole of a square canvas. */
import { type Cell, cellsOf, densityOf } from './cells.ts';
import { css, type Palette } from './palette.ts';
import { columnOf, rowOf } from './view.ts';

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** Width and height in pixels of the screen. */
  readonly side: number;
  /** Pixels for one CSS pixel of a canvas of the usual size. */
  readonly scale: number;
  readonly palette: Palette;
}

/** A place in the plane, and how far a tool reaches from it. */
export interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly reach: number;
}

const RADIUS = 2.5;
/** The opacity of a cell is this times the root of its density, so that thin cells can be seen beside dense ones. */
const OPACITY = 0.12;
const MOST_OPAQUE = 0.75;
/** Opacities of cells are rounded up to so many levels, each of which is filled at once. */
const LEVELS = 24;
/** So many lines of the grid, from one that is drawn to the next. */
const LINES = 3;
/** The longest arrow, in units of the plane. A slope of HALF_SLOPE has half of that. */
const LONGEST = 0.13;
const HALF_SLOPE = 3;

export function paintField({ context, side }: Surface, field: CanvasImageSource): void {
  context.drawImage(field, 0, 0, side, side);
}

/** @param corners - x and y of each corner in turn, row by row: (gridSide + 1)^2 corners */
export function paintGrid(surface: Surface, corners: Float32Array, gridSide: number): void {
  const { context, side, scale, palette } = surface;
  const pixels = pixelsOf(corners, side);
  const levels: Cell[][] = Array.from({ length: LEVELS + 1 }, () => []);
  for (const cell of cellsOf(gridSide)) {
    const opacity = Math.min(MOST_OPAQUE, OPACITY * Math.sqrt(densityOf(cell, gridSide, corners)));
    levels[Math.ceil((opacity / MOST_OPAQUE) * LEVELS)]!.push(cell);
  }
  levels.forEach((cells, level) => {
    context.beginPath();
    for (const cell of cells) {
      walk(context, pixels, cell);
      context.closePath();
    }
    context.fillStyle = css(palette.fake, (MOST_OPAQUE * level) / LEVELS);
    context.fill();
  });
  const places = Array.from({ length: gridSide + 1 }, (_, i) => i);
  context.beginPath();
  for (let line = 0; line <= gridSide; line += LINES) {
    walk(
      context,
      pixels,
      places.map((along) => line * (gridSide + 1) + along),
    );
    walk(
      context,
      pixels,
      places.map((along) => along * (gridSide + 1) + line),
    );
  }
  context.strokeStyle = css(palette.fake, 0.4);
  context.lineWidth = 0.8 * scale;
  context.stroke();
}

/** Rings, so that they differ from generated points without colour too. */
export function paintReal({ context, side, scale, palette }: Surface, points: Float32Array): void {
  dots(context, pixelsOf(points, side), RADIUS * scale);
  context.strokeStyle = css(palette.real, 0.9);
  context.lineWidth = 1.2 * scale;
  context.stroke();
}

/** Discs with a thin edge. */
export function paintFake({ context, side, scale, palette }: Surface, points: Float32Array): void {
  dots(context, pixelsOf(points, side), RADIUS * scale);
  context.fillStyle = css(palette.fake, 0.95);
  context.fill();
  context.strokeStyle = css(palette.surface, 0.9);
  context.lineWidth = 0.7 * scale;
  context.stroke();
}

/** From each point to where the discriminator finds it more real. */
export function paintSlopes(
  { context, side, scale, palette }: Surface,
  points: Float32Array,
  slopes: Float32Array,
): void {
  const ends = slopes.map((_, i) => {
    const first = i - (i % 2);
    const steepness = Math.hypot(slopes[first]!, slopes[first + 1]!);
    return points[i]! + (LONGEST * slopes[i]!) / (steepness + HALF_SLOPE);
  });
  const [from, to] = [pixelsOf(points, side), pixelsOf(ends, side)];
  context.beginPath();
  for (let i = 0; i < ends.length; i += 2) {
    context.moveTo(from[i]!, from[i + 1]!);
    context.lineTo(to[i]!, to[i + 1]!);
  }
  context.strokeStyle = css(palette.ink, 0.7);
  context.lineWidth = 1.1 * scale;
  context.stroke();
}

/** A circle as wide as the tool, with a cross. */
export function paintCursor({ context, side, scale, palette }: Surface, { x, y, reach }: Cursor): void {
  const [column, row] = [columnOf(x, side), rowOf(y, side)];
  const radius = columnOf(reach, side) - columnOf(0, side);
  const arm = 4 * scale;
  context.beginPath();
  context.arc(column, row, radius, 0, 2 * Math.PI);
  context.moveTo(column - arm, row);
  context.lineTo(column + arm, row);
  context.moveTo(column, row - arm);
  context.lineTo(column, row + arm);
  context.strokeStyle = css(palette.ink, 0.85);
  context.lineWidth = 1.4 * scale;
  context.stroke();
}

function pixelsOf(points: Float32Array, side: number): Float32Array {
  return points.map((value, i) => (i % 2 === 0 ? columnOf(value, side) : rowOf(value, side)));
}

function walk(context: CanvasRenderingContext2D, pixels: Float32Array, places: readonly number[]): void {
  places.forEach((place, i) => {
    if (i === 0) context.moveTo(pixels[2 * place]!, pixels[2 * place + 1]!);
    else context.lineTo(pixels[2 * place]!, pixels[2 * place + 1]!);
  });
}

function dots(context: CanvasRenderingContext2D, pixels: Float32Array, radius: number): void {
  context.beginPath();
  for (let i = 0; i < pixels.length; i += 2) {
    context.moveTo(pixels[i]! + radius, pixels[i + 1]!);
    context.arc(pixels[i]!, pixels[i + 1]!, radius, 0, 2 * Math.PI);
  }
}
