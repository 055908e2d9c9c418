/** Portable max pooling and its gradient. What a window holds beyond the picture's edge is skipped. */
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';

export function pooling(heap: Heap): Pick<Kernels, 'maxPooling2d' | 'maxPooling2dBackward'> {
  return {
    maxPooling2d(out, x, firstLine, lines, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth] = geometry;
      const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
      const f = heap.floats;
      const rowSize = width * channels;
      let o = out;
      for (let line = firstLine; line < firstLine + lines; line++) {
        const oy = line % outHeight;
        const image = x + ((line - oy) / outHeight) * height * rowSize;
        const top = oy * strideHeight - padTop;
        const yEnd = Math.min(top + kernelHeight, height);
        for (let ox = 0; ox < outWidth; ox++, o += channels) {
          const left = ox * strideWidth - padLeft;
          const wEnd = Math.min(left + kernelWidth, width);
          f.fill(-Infinity, o, o + channels);
          for (let y = Math.max(top, 0); y < yEnd; y++) {
            for (let w = Math.max(left, 0); w < wEnd; w++) {
              const source = image + y * rowSize + w * channels;
              for (let c = 0; c < channels; c++) f[o + c] = Math.max(f[o + c]!, f[source + c]!);
            }
          }
        }
      }
    },

    maxPooling2dBackward(dx, dy, x, images, ...geometry) {
      const [height, width, channels, kernelHeight, kernelWidth] = geometry;
      const [, , , , , strideHeight, strideWidth, padTop, padLeft, outHeight, outWidth] = geometry;
      const f = heap.floats;
      const rowSize = width * channels;
      const imageSize = height * rowSize;
      f.fill(0, dx, dx + images * imageSize);
      let o = dy;
      for (let image = 0; image < images * imageSize; image += imageSize) {
        for (let oy = 0; oy < outHeight; oy++) {
          const top = oy * strideHeight - padTop;
          const yEnd = Math.min(top + kernelHeight, height);
          for (let ox = 0; ox < outWidth; ox++) {
            const left = ox * strideWidth - padLeft;
            const wEnd = Math.min(left + kernelWidth, width);
            for (let c = 0; c < channels; c++, o++) {
              let winner = -1;
              let greatest = -Infinity;
              for (let y = Math.max(top, 0); y < yEnd; y++) {
                for (let w = Math.max(left, 0); w < wEnd; w++) {
                  const i = image + y * rowSize + w * channels + c;
                  const value = f[x + i]!;
                  // Not (value <= greatest) is true for a NaN as well, which then stays.
                  if (winner < 0 || (!(value <= greatest) && !Number.isNaN(greatest))) {
                    winner = i;
                    greatest = value;
                  }
                }
              }
              if (winner >= 0) f[dx + winner] = f[dx + winner]! + f[o]!;
            }
          }
        }
      }
    },
  };
}
