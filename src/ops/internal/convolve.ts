/**
 * Convolutions as matrix products. A patch is the kernelHeight x kernelWidth x channels values under one window.
 * im2col(x) is the matrix [windows, patch], called the columns. The kernel, as stored, is a matrix [patch, outputs].
 * Three functions make both convolutions and all their gradients:
 *   correlate:      y = im2col(x) kernel               conv2d forward; dx of conv2dTranspose
 *   spread:         x = col2im(y kernel^T)             its adjoint: conv2dTranspose forward; dx of conv2d
 *   kernelGradient: dkernel = im2col(x)^T y            both
 * x is the larger image, [n, height, width, channels]; y is the smaller, [n, outHeight, outWidth, outputs].
 *
 * The columns are computed in chunks that fit into a workspace, which is freed before the result is returned.
 */
import { record } from '../../autograd/record.ts';
import { Tensor } from '../../autograd/tensor.ts';
import type { Address } from '../../kernels/kernel.ts';
import { col2im } from '../../kernels/library/col2im.ts';
import { gemm } from '../../kernels/library/gemm.ts';
import { im2col } from '../../kernels/library/im2col.ts';
import { fill } from '../../kernels/library/movement.ts';
import type { WindowGeometry } from '../../kernels/windows.ts';

/**
 * The most floats of columns at a time: 4 MiB. On the layers of the DCGAN, 2 and 4 MiB were the fastest. Larger chunks
 * leave the processor's cache between their two passes. Smaller ones give products with too few rows to pay for packing
 * the kernel. A chunk is at least one line of windows (spread: one image), even if that exceeds the workspace.
 *
 * kernelGradient sums chunk after chunk, so its bits depend on this number; those of the other two functions do not.
 */
export const WORKSPACE: number = 2 ** 20;

/** conv2d, recorded. @param workspace - tests pass a small one, so that small images need several chunks. */
export function convolve(x: Tensor, kernel: Tensor, geometry: WindowGeometry, workspace: number = WORKSPACE): Tensor {
  const y = correlate(x, kernel, geometry, workspace);
  const byX = (dy: Tensor): Tensor => convolveTransposed(dy, kernel, geometry, workspace);
  const byKernel = (dy: Tensor): Tensor => convolveKernel(x, dy, kernel.shape, geometry, workspace);
  return record('conv2d', y, [x, kernel], [byX, byKernel]);
}

/**
 * conv2dTranspose, recorded. `geometry` is that of the convolution whose adjoint this is: its height, width and
 * channels are those of the result.
 */
export function convolveTransposed(
  x: Tensor,
  kernel: Tensor,
  geometry: WindowGeometry,
  workspace: number = WORKSPACE,
): Tensor {
  const y = spread(x, kernel, geometry, workspace);
  const byX = (dy: Tensor): Tensor => convolve(dy, kernel, geometry, workspace);
  const byKernel = (dy: Tensor): Tensor => convolveKernel(dy, x, kernel.shape, geometry, workspace);
  return record('conv2dTranspose', y, [x, kernel], [byX, byKernel]);
}

/** The gradient of both with respect to the kernel, recorded. It is linear in x and y, and so are its gradients. */
export function convolveKernel(
  x: Tensor,
  y: Tensor,
  shape: Tensor['shape'],
  geometry: WindowGeometry,
  workspace: number = WORKSPACE,
): Tensor {
  const dkernel = kernelGradient(x, y, shape, geometry, workspace);
  const byX = (g: Tensor): Tensor => convolveTransposed(y, g, geometry, workspace);
  const byY = (g: Tensor): Tensor => convolve(x, g, geometry, workspace);
  return record('kernel gradient', dkernel, [x, y], [byX, byY]);
}

function correlate(x: Tensor, kernel: Tensor, geometry: WindowGeometry, workspace: number): Tensor {
  const { outHeight, outWidth, patch } = sizesOf(geometry);
  const images = x.shape[0]!;
  const outputs = kernel.shape[3]!;
  const y = new Tensor([images, outHeight, outWidth, outputs]);
  if (x.size === 0 || y.size === 0) return zeroed(y);
  inChunks(images * outHeight, outWidth * patch, workspace, (columns, line, lines) => {
    const rows = lines * outWidth;
    const out = y.address + line * outWidth * outputs;
    im2col.run(columns, x.address, line, lines, ...geometry);
    gemm.run(out, columns, kernel.address, rows, outputs, patch, outputs, patch, outputs, 0, 0, 0);
  });
  return y;
}

function spread(y: Tensor, kernel: Tensor, geometry: WindowGeometry, workspace: number): Tensor {
  const { height, width, channels, outHeight, outWidth, patch } = sizesOf(geometry);
  const images = y.shape[0]!;
  const outputs = kernel.shape[3]!;
  const x = new Tensor([images, height, width, channels]);
  if (x.size === 0 || y.size === 0) return zeroed(x);
  inChunks(images, outHeight * outWidth * patch, workspace, (columns, image, count) => {
    const rows = count * outHeight * outWidth;
    const from = y.address + image * outHeight * outWidth * outputs;
    const to = x.address + image * height * width * channels;
    gemm.run(columns, from, kernel.address, rows, patch, outputs, patch, outputs, outputs, 0, 1, 0);
    col2im.run(to, columns, 0, count * height, ...geometry);
  });
  return x;
}

function kernelGradient(
  x: Tensor,
  dy: Tensor,
  shape: Tensor['shape'],
  geometry: WindowGeometry,
  workspace: number,
): Tensor {
  const { outHeight, outWidth, patch } = sizesOf(geometry);
  const outputs = shape[3]!;
  const dkernel = new Tensor(shape);
  if (x.size === 0 || dy.size === 0) return zeroed(dkernel);
  inChunks(x.shape[0]! * outHeight, outWidth * patch, workspace, (columns, line, count) => {
    const rows = count * outWidth;
    const from = dy.address + line * outWidth * outputs;
    const accumulate = line === 0 ? 0 : 1;
    im2col.run(columns, x.address, line, count, ...geometry);
    gemm.run(dkernel.address, columns, from, patch, outputs, rows, outputs, patch, outputs, 1, 0, accumulate);
  });
  return dkernel;
}

/** Fills a result that sums over no elements. */
function zeroed(result: Tensor): Tensor {
  fill.run(result.address, 0, result.size);
  return result;
}

/**
 * Splits `units` into the fewest chunks that fit into the workspace, of nearly equal size, and calls `body` for each.
 * `size` is the floats of one unit; `columns` has room for one chunk.
 */
function inChunks(
  units: number,
  size: number,
  workspace: number,
  body: (columns: Address, first: number, count: number) => void,
): void {
  const most = Math.max(1, Math.floor(workspace / size));
  const chunk = Math.ceil(units / Math.ceil(units / most));
  const columns = new Tensor([chunk * size]);
  try {
    for (let first = 0; first < units; first += chunk) {
      body(columns.address, first, Math.min(chunk, units - first));
    }
  } finally {
    columns.dispose();
  }
}

interface Sizes {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Floats in one patch, which is one row of the columns. */
  readonly patch: number;
}

function sizesOf(geometry: WindowGeometry): Sizes {
  const [height, width, channels, kernelHeight, kernelWidth, , , , , outHeight, outWidth] = geometry;
  return { height, width, channels, outHeight, outWidth, patch: kernelHeight * kernelWidth * channels };
}
