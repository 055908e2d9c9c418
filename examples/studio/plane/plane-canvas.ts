/** The canvas of the plane: it draws the layers that are shown, at most once for each frame of the screen. */
import { element } from '../elements.ts';
import {
  type Cursor,
  paintCursor,
  paintFake,
  paintField,
  paintGrid,
  paintReal,
  paintSlopes,
  type Surface,
} from './painters.ts';
import { css, fieldColours, readPalette } from './palette.ts';
import type { Frame } from './protocol.ts';

export type Layer = 'real' | 'fake' | 'field' | 'grid' | 'slopes';

/** Points and lines have their width on a canvas so wide, in CSS pixels; narrower ones have thinner lines. */
const USUAL_WIDTH = 560;
const THINNEST = 0.75;

export class PlaneCanvas {
  readonly canvas: HTMLCanvasElement = element('canvas', { class: 'plane', tabindex: 0, role: 'application' });
  readonly layers: Set<Layer> = new Set<Layer>(['real', 'fake', 'field', 'grid']);
  /** x and y of each real point in turn. */
  real: Float32Array = new Float32Array();
  cursor: Cursor | undefined;
  readonly #onDrawn: () => void;
  readonly #field: HTMLCanvasElement = element('canvas');
  #frame: Frame | undefined;
  #isFrameNew = false;
  #isRequested = false;

  /** @param onDrawn - is called when a frame of the worker has been drawn. */
  constructor(onDrawn: () => void) {
    this.#onDrawn = onDrawn;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  show(frame: Frame): void {
    this.#frame = frame;
    this.#isFrameNew = true;
    this.redraw();
  }

  redraw(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    requestAnimationFrame(() => {
      this.#isRequested = false;
      this.#draw();
      if (this.#isFrameNew) this.#onDrawn();
      this.#isFrameNew = false;
    });
  }

  #draw(): void {
    const { canvas, layers, real, cursor } = this;
    const frame = this.#frame;
    const width = canvas.clientWidth;
    if (width === 0) return;
    const side = Math.round(width * devicePixelRatio);
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const palette = readPalette(canvas);
    const scale = devicePixelRatio * Math.max(THINNEST, width / USUAL_WIDTH);
    const surface: Surface = { context: canvas.getContext('2d')!, side, scale, palette };
    surface.context.fillStyle = css(palette.surface);
    surface.context.fillRect(0, 0, side, side);
    if (frame !== undefined && layers.has('field')) paintField(surface, this.#fieldPicture(frame, surface));
    if (frame !== undefined && layers.has('grid'))
      paintGrid(surface, frame.corners, Math.sqrt(frame.corners.length / 2) - 1);
    if (layers.has('real')) paintReal(surface, real);
    if (frame !== undefined && layers.has('slopes')) paintSlopes(surface, frame.fake, frame.slopes);
    if (frame !== undefined && layers.has('fake')) paintFake(surface, frame.fake);
    if (cursor !== undefined) paintCursor(surface, cursor);
  }

  /** The field with a pixel for each cell. */
  #fieldPicture({ field }: Frame, { palette }: Surface): HTMLCanvasElement {
    const side = Math.sqrt(field.length);
    const colours = fieldColours(palette);
    const pixels = new ImageData(side, side);
    field.forEach((byte, cell) => {
      pixels.data.set(colours.subarray(4 * byte, 4 * byte + 4), 4 * cell);
    });
    if (this.#field.width !== side) this.#field.width = this.#field.height = side;
    this.#field.getContext('2d')!.putImageData(pixels, 0, 0);
    return this.#field;
  }
}
