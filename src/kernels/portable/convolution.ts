/**
 * Portable im2col and col2im, the two halves of a convolution that are not a matrix product. For one ky the elements (kx, c) of a patch
 * lie side by side in the picture, so a patch is kernelHeight runs of kernelWidth * channels floats.
 */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';

export function convolution(heap: Heap): Pick<Kernels, 'im2col' | 'col2im'> {
  return {
    im2col(columns, x, firstLine, lines, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth] = geometry;
      const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
      const f = heap.floats;
      const rowSize = width * channels;
      const runSize = kernelWidth * channels;
      let o = columns;
      for (let line = firstLine; line < firstLine + lines; line++) {
        const oy = line % outHeight;
        const image = x + ((line - oy) / outHeight) * height * rowSize;
        const top = oy * strideHeight - padTop;
        for (let ox = 0; ox < outWidth; ox++) {
          // The run begins here in its row, perhaps before the row's start, and perhaps it leaves the row.
          const left = (ox * strideWidth - padLeft) * channels;
          const from = Math.min(Math.max(-left, 0), runSize);
          const to = Math.max(Math.min(rowSize - left, runSize), from);
          for (let y = top; y < top + kernelHeight; y++, o += runSize) {
            if (y < 0 || y >= height) {
              f.fill(0, o, o + runSize);
              continue;
            }
            const source = image + y * rowSize + left;
            for (let i = 0; i < from; i++) f[o + i] = 0;
            for (let i = from; i < to; i++) f[o + i] = f[source + i]!;
            for (let i = to; i < runSize; i++) f[o + i] = 0;
          }
        }
      }
    },

    col2im(x, columns, firstLine, lines, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth] = geometry;
      const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
      const f = heap.floats;
      const runSize = kernelWidth * channels;
      const patchSize = kernelHeight * runSize;
      const lineSize = outWidth * patchSize;
      let o = x;
      for (let line = firstLine; line < firstLine + lines; line++) {
        const y = line % height;
        const image = columns + ((line - y) / height) * outHeight * lineSize;
        // As ky goes up, oy goes down: the first ky belongs to the last window that holds the pixel.
        const lastY = Math.min(Math.floor((y + padTop) / strideHeight), outHeight - 1);
        for (let w = 0; w < width; w++, o += channels) {
          const lastX = Math.min(Math.floor((w + padLeft) / strideWidth), outWidth - 1);
          f.fill(0, o, o + channels);
          for (let oy = lastY, ky = y + padTop - oy * strideHeight; oy >= 0 && ky < kernelHeight; oy--) {
            for (let ox = lastX, kx = w + padLeft - ox * strideWidth; ox >= 0 && kx < kernelWidth; ox--) {
              const source = image + oy * lineSize + ox * patchSize + ky * runSize + kx * channels;
              for (let c = 0; c < channels; c++) f[o + c] = f[o + c]! + f[source + c]!;
              kx += strideWidth;
            }
            ky += strideHeight;
          }
        }
      }
    },
  };
}
