/**
 * What the samples of the convolutions do not cover: small results computed by hand, the workspace (its size, its
 * effect on the bits, its release), and which kernels a gradient calls.
 */
import { describe, expect, it, vi } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { conv2d, conv2dTranspose } from '../../src/ops/convolution.ts';
import { convolve, convolveTransposed, WORKSPACE } from '../../src/ops/internal/convolve.ts';
import { sum } from '../../src/ops/reduce.ts';
import { square } from '../../src/ops/unary.ts';
import { bitsOf } from '../nn/bits.ts';
import { hashedFloats } from '../support/reference.ts';
import { countKernels } from '../support/spy.ts';

function hashed(shape: readonly number[], salt: number): Tensor {
  return tensor(
    hashedFloats(
      shape.reduce((product, one) => product * one, 1),
      salt,
    ),
    shape,
  );
}

describe('results computed by hand', () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const kernel = tensor([1, 10, 100, 1000], [2, 2, 1, 1]);

  it('conv2d does not flip the kernel, and an even kernel pads at the end', () => {
    expect([...conv2d(x, kernel).data]).toEqual([5421, 6532, 8754, 9865]);
    expect([...conv2d(x, kernel, { padding: 'same' }).data]).toEqual([
      ...[5421, 6532, 603],
      ...[8754, 9865, 906],
      ...[87, 98, 9],
    ]);
    // A stride of 2 on a size of 3 has a total padding of 1, which is at the end too.
    expect([...conv2d(x, kernel, { padding: 'same', strides: 2 }).data]).toEqual([5421, 603, 87, 9]);
  });

  it('conv2dTranspose adds the kernel, times the pixel, for each pixel', () => {
    const pixels = tensor([1, 2], [1, 1, 2, 1]);
    expect([...conv2dTranspose(pixels, kernel, { strides: 2 }).data]).toEqual([1, 10, 2, 20, 100, 1000, 200, 2000]);
    expect([...conv2dTranspose(pixels, kernel).data]).toEqual([1, 12, 20, 100, 1200, 2000]);
    expect([...conv2dTranspose(pixels, kernel, { padding: 'same' }).data]).toEqual([1, 12]);
    // A stride larger than the kernel leaves gaps, which are zero.
    expect([...conv2dTranspose(pixels, tensor([5], [1, 1, 1, 1]), { strides: [1, 3] }).data]).toEqual([
      5, 0, 0, 10, 0, 0,
    ]);
  });

  it('channels are summed, and each filter gives one output channel', () => {
    const y = conv2d(tensor([1, 2], [1, 1, 1, 2]), tensor([1, 10, 100, 1000], [1, 1, 2, 2]));
    expect([...y.data]).toEqual([201, 2010]);
    // The same numbers in a kernel of conv2dTranspose, [filters, channels].
    const z = conv2dTranspose(tensor([1, 2], [1, 1, 1, 2]), tensor([1, 10, 100, 1000], [1, 1, 2, 2]));
    expect([...z.data]).toEqual([21, 2100]);
  });
});

describe('the workspace', () => {
  const x = hashed([7, 6, 5, 3], 1);
  const y = hashed([7, 3, 3, 4], 2);
  const kernel = hashed([3, 3, 3, 4], 3);
  const geometry: Parameters<typeof convolve>[2] = [6, 5, 3, 3, 3, 2, 2, 0, 1, 3, 3];

  it('changes no bit of a result or of the gradient of an input, whatever its size', () => {
    const bits = (workspace: number): string => {
      const [big, small] = [variable(x), variable(y)];
      const results = [
        convolve(big, kernel, geometry, workspace),
        convolveTransposed(small, kernel, geometry, workspace),
      ];
      const [dBig] = gradients(sum(square(results[0]!)), [big]);
      const [dSmall] = gradients(sum(square(results[1]!)), [small]);
      return bitsOf(...results, dBig!, dSmall!);
    };
    const whole = bits(WORKSPACE);
    for (const workspace of [1, 100, 500, 1000]) expect(bits(workspace), `${workspace}`).toBe(whole);
  });

  it('sets the order of summation of a kernel gradient, and other sizes differ only by rounding', () => {
    const gradient = (workspace: number): Float32Array => {
      const w = variable(kernel);
      return gradients(sum(square(convolve(x, w, geometry, workspace))), [w])[0]!.data.slice();
    };
    const [whole, parts] = [gradient(WORKSPACE), gradient(1)];
    expect(parts).not.toEqual(whole);
    // The sums have 63 products of at most about 30, so at most 63 roundings of 2^-24 relative to at most 2000.
    parts.forEach((value, i) => {
      expect(Math.abs(value - whole[i]!)).toBeLessThan(63 * 2000 * 2 ** -24);
    });
  });

  it('bounds the memory: scratch blocks are at most its size and are freed', () => {
    // 40 images of 14 x 14 windows of 5 x 5 x 8 make 1,568,000 floats of columns, 1.5 times the workspace.
    const [images, weights] = [variable(hashed([40, 28, 28, 8], 4)), variable(hashed([5, 5, 8, 4], 5))];
    const allocate = vi.spyOn(heap(), 'allocate');
    const { blocks } = heap().usage();
    const z = conv2d(images, weights, { strides: 2, padding: 'same' });
    expect(heap().usage().blocks).toBe(blocks + 1);
    gradients(sum(z), [images, weights]);
    const sizes = allocate.mock.calls.map(([size]) => size).filter((size) => size > z.size && size !== images.size);
    allocate.mockRestore();
    // Three allocations of columns: forward, dx, dkernel.
    expect(sizes).toHaveLength(3);
    for (const size of sizes) {
      expect(size).toBeLessThanOrEqual(WORKSPACE);
      // The chunks are of equal size: two of 280 lines, or 20 images, each.
      expect(size).toBe(20 * 14 * 14 * 200);
    }
  });
});

describe('gradients() of one input', () => {
  it('does not compute the gradient of the other', () => {
    const [x, kernel] = [variable(hashed([2, 4, 4, 2], 6)), variable(hashed([3, 3, 2, 2], 7))];
    const calls = (op: typeof conv2d, of: typeof x): unknown => {
      const loss = sum(op(x, kernel));
      const { gemm = 0, im2col = 0, col2im = 0 } = countKernels(() => gradients(loss, [of])).counts;
      return { gemm, im2col, col2im };
    };
    expect(calls(conv2d, x)).toEqual({ gemm: 1, im2col: 0, col2im: 1 });
    expect(calls(conv2d, kernel)).toEqual({ gemm: 1, im2col: 1, col2im: 0 });
    expect(calls(conv2dTranspose, x)).toEqual({ gemm: 1, im2col: 1, col2im: 0 });
    expect(calls(conv2dTranspose, kernel)).toEqual({ gemm: 1, im2col: 1, col2im: 0 });
  });
});
