/** The formulas of the kernels on windows, one element at a time: its position is computed from its number. */
import type { WindowGeometry } from '../../src/kernels/windows.ts';
import type { Kernels } from '../support/kernel-sets.ts';

const f = Math.fround;

type Names = 'im2col' | 'col2im' | 'maxPooling2d' | 'maxPooling2dBackward';

export function windowReference(x: Float32Array): Pick<Kernels, Names> {
  return {
    im2col(columns, from, firstLine, lines, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth, sy, sx, padTop, padLeft, outHeight, outWidth] =
        geometry;
      const size = kernelHeight * kernelWidth * channels;
      for (let l = 0; l < lines; l++)
        for (let ox = 0; ox < outWidth; ox++)
          for (let k = 0; k < size; k++) {
            const [image, oy] = [Math.floor((firstLine + l) / outHeight), (firstLine + l) % outHeight];
            const y = oy * sy + Math.floor(k / channels / kernelWidth) - padTop;
            const w = ox * sx + (Math.floor(k / channels) % kernelWidth) - padLeft;
            const inside = y >= 0 && y < height && w >= 0 && w < width;
            const value = inside ? x[from + ((image * height + y) * width + w) * channels + (k % channels)]! : 0;
            x[columns + (l * outWidth + ox) * size + k] = value;
          }
    },
    col2im(to, columns, firstLine, lines, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth, sy, sx, padTop, padLeft, outHeight, outWidth] =
        geometry;
      const size = kernelHeight * kernelWidth * channels;
      for (let i = 0; i < lines * width * channels; i++) {
        const line = firstLine + Math.floor(i / channels / width);
        const w = Math.floor(i / channels) % width;
        let sum = 0;
        for (let k = i % channels; k < size; k += channels) {
          const oy = ((line % height) + padTop - Math.floor(k / channels / kernelWidth)) / sy;
          const ox = (w + padLeft - (Math.floor(k / channels) % kernelWidth)) / sx;
          if (!Number.isInteger(oy) || !Number.isInteger(ox)) continue;
          if (oy < 0 || oy >= outHeight || ox < 0 || ox >= outWidth) continue;
          sum = f(sum + x[columns + ((Math.floor(line / height) * outHeight + oy) * outWidth + ox) * size + k]!);
        }
        x[to + i] = sum;
      }
    },
    maxPooling2d(out, from, firstLine, lines, ...geometry) {
      const [channels, outWidth] = [geometry[2], geometry[10]];
      for (let i = 0; i < lines * outWidth * channels; i++) {
        const line = firstLine + Math.floor(i / channels / outWidth);
        const places = windowPlaces(geometry, line, Math.floor(i / channels) % outWidth, i % channels);
        x[out + i] = Math.max(...places.map((place) => x[from + place]!));
      }
    },
    maxPooling2dBackward(dx, dy, from, images, ...geometry) {
      const [height, width, channels, , , , , , , outHeight, outWidth] = geometry;
      for (let i = 0; i < images * height * width * channels; i++) x[dx + i] = 0;
      for (let i = 0; i < images * outHeight * outWidth * channels; i++) {
        const line = Math.floor(i / channels / outWidth);
        const places = windowPlaces(geometry, line, Math.floor(i / channels) % outWidth, i % channels);
        const values = places.map((place) => x[from + place]!);
        const maximum = Math.max(...values);
        const winner = Number.isNaN(maximum) ? values.findIndex(Number.isNaN) : values.indexOf(maximum);
        if (winner >= 0) x[dx + places[winner]!] = f(x[dx + places[winner]!]! + x[dy + i]!);
      }
    },
  };
}

/**
 * The positions of the elements of one channel of a window, counted from image 0, as far as they lie inside the image.
 */
function windowPlaces(geometry: WindowGeometry, line: number, ox: number, channel: number): number[] {
  const [height, width, channels, kernelHeight, kernelWidth, sy, sx, padTop, padLeft, outHeight] = geometry;
  const places: number[] = [];
  for (let ky = 0; ky < kernelHeight; ky++)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const y = (line % outHeight) * sy + ky - padTop;
      const w = ox * sx + kx - padLeft;
      if (y < 0 || y >= height || w < 0 || w >= width) continue;
      places.push(((Math.floor(line / outHeight) * height + y) * width + w) * channels + channel);
    }
  return places;
}
