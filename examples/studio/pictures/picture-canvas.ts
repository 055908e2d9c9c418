/** Draws images on a canvas, in rows, large and with a gap between them. */
import type { ByteImages } from './protocol.ts';

/** Pixels of the canvas for a pixel of an image of 28, and between two images. */
const SIDE = 112;
const GAP = 8;

export interface PictureCanvas {
  readonly canvas: HTMLCanvasElement;
  draw(images: ByteImages, label: string): void;
}

/** @param columns - images in a row; undefined means about as many as there are rows. */
export function pictureCanvas(columns: number | undefined, className: string): PictureCanvas {
  const canvas = document.createElement('canvas');
  canvas.className = className;
  canvas.setAttribute('role', 'img');
  const one = document.createElement('canvas');
  return {
    canvas,
    draw({ bytes, count, height, width, channels }, label) {
      canvas.setAttribute('aria-label', label);
      const perRow = Math.min(columns ?? Math.ceil(Math.sqrt(count)), count);
      const rows = Math.ceil(count / perRow);
      const tall = Math.round((SIDE * height) / width);
      setSize(canvas, perRow * (SIDE + GAP) - GAP, rows * (tall + GAP) - GAP);
      setSize(one, width, height);
      const [context, small] = [canvas.getContext('2d'), one.getContext('2d')];
      if (context === null || small === null) return;
      context.imageSmoothingQuality = 'high';
      const pixels = small.createImageData(width, height);
      const size = width * height;
      for (let image = 0; image < count; image++) {
        for (let i = 0; i < size; i++) {
          const from = (image * size + i) * channels;
          for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = bytes[from + (channels === 3 ? c : 0)]!;
          pixels.data[4 * i + 3] = 255;
        }
        small.putImageData(pixels, 0, 0);
        context.drawImage(one, (image % perRow) * (SIDE + GAP), Math.floor(image / perRow) * (tall + GAP), SIDE, tall);
      }
    },
  };
}

/** Setting the size clears a canvas, also if it stays the same. */
function setSize(canvas: HTMLCanvasElement, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
