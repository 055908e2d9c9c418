/** Geometries of windows over images, for tests of convolutions and poolings. */
import type { WindowGeometry } from '../../src/kernels/windows.ts';

/**
 * Keras's 'same' (as many windows as strides fit, the image in their middle) and 'valid' (no window extends past the
 * edge), and 'wide': pads larger than the kernel, so that the first and the last windows lie outside the image.
 */
export type WindowPadding = 'same' | 'valid' | 'wide';

/** Number of windows and the pad before the first one, in one direction. */
function alongOne(size: number, kernel: number, stride: number, padding: WindowPadding): [count: number, pad: number] {
  if (padding === 'wide') return [Math.floor((size + kernel + 2) / stride) + 1, kernel + 1];
  if (padding === 'valid') return [size < kernel ? 0 : Math.floor((size - kernel) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + kernel - size, 0) / 2)];
}

export function windowGeometry(
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  [kernelHeight, kernelWidth]: readonly [height: number, width: number],
  [strideHeight, strideWidth]: readonly [height: number, width: number],
  padding: WindowPadding,
): WindowGeometry {
  const [outHeight, padTop] = alongOne(height, kernelHeight, strideHeight, padding);
  const [outWidth, padLeft] = alongOne(width, kernelWidth, strideWidth, padding);
  return [
    ...[height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth],
    ...[padTop, padLeft, outHeight, outWidth],
  ] as WindowGeometry;
}

/** Floats of one image: its pixels, the pixels of its windows, the patches of its windows. */
export function windowSizes(geometry: WindowGeometry): { picture: number; windows: number; columns: number } {
  const [height, width, channels, kernelHeight, kernelWidth, , , , , outHeight, outWidth] = geometry;
  const windows = outHeight * outWidth * channels;
  return { picture: height * width * channels, windows, columns: windows * kernelHeight * kernelWidth };
}
