/**
 * Further tests of the kernels on windows: small images with results computed
 * by hand, im2col and col2im as adjoints, and the layers of a DCGAN for images of 28 x 28 at full size.
 */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/kernels/heap.ts';
import type { Address } from '../../src/kernels/kernel.ts';
import type { WindowGeometry } from '../../src/kernels/windows.ts';
import { KERNEL_SETS, portableSet, type TestSet } from '../support/kernel-sets.ts';
import { hashedFloats } from '../support/reference.ts';
import { firstUnequal } from '../support/twins.ts';
import { windowGeometry, windowSizes } from '../support/windows.ts';

function put({ heap }: TestSet, values: ArrayLike<number>): Address {
  const address = heap.allocate(values.length);
  heap.floats.set(values, address);
  return address;
}

function take({ heap }: TestSet, address: Address, size: number): number[] {
  return Array.from(heap.floats.subarray(address, address + size));
}

// One channel; a window of 2 x 2, stride 2; the expected values were computed by hand.
describe.each(KERNEL_SETS)('windows on small pictures, $name', ({ create }) => {
  const set = create();
  const { kernels } = set;

  it('im2col: a picture of 2 x 3 with a pad of one, patches of 2 x 2', () => {
    const geometry: WindowGeometry = [2, 3, 1, 2, 2, 2, 2, 1, 1, 2, 2];
    const x = put(set, [1, 2, 3, 4, 5, 6]);
    const columns = put(set, new Float32Array(16).fill(Number.NaN));
    kernels.im2col(columns, x, 0, 2, ...geometry);
    expect(take(set, columns, 16)).toEqual([0, 0, 0, 1, 0, 0, 2, 3, 0, 4, 0, 0, 5, 6, 0, 0]);
  });

  it('col2im: each pixel has the sum over the windows that contain it', () => {
    // Windows of 1 x 3 at 0, 1, 2 on a row of 5 pixels, all ones: 1, 2, 3, 2, 1 windows contain them.
    const geometry: WindowGeometry = [1, 5, 1, 1, 3, 1, 1, 0, 0, 1, 3];
    const columns = put(set, new Float32Array(9).fill(1));
    const x = put(set, new Float32Array(5).fill(Number.NaN));
    kernels.col2im(x, columns, 0, 1, ...geometry);
    expect(take(set, x, 5)).toEqual([1, 2, 3, 2, 1]);
  });

  const pool = (values: readonly number[], geometry: WindowGeometry): { out: number[]; dx: number[] } => {
    const { windows } = windowSizes(geometry);
    const x = put(set, values);
    const out = put(set, new Float32Array(windows).fill(7));
    const dx = put(set, new Float32Array(values.length).fill(7));
    const dy = put(
      set,
      Array.from({ length: windows }, (_, i) => 10 ** i),
    );
    kernels.maxPooling2d(out, x, 0, geometry[9], ...geometry);
    kernels.maxPooling2dBackward(dx, dy, x, 1, ...geometry);
    return { out: take(set, out, windows), dx: take(set, dx, values.length) };
  };

  it.each([
    ['the greatest', [1, 5, 3, 4], 5, [0, 1, 0, 0]],
    ['the first of equals', [3, 5, 5, 5], 5, [0, 1, 0, 0]],
    ['all equal', [2, 2, 2, 2], 2, [1, 0, 0, 0]],
    ['zeros of both signs are equal, and +0 is the maximum', [-1, -0, 0, -2], 0, [0, 1, 0, 0]],
    ['only negative zeros', [-0, -0, -0, -0], -0, [1, 0, 0, 0]],
    ['the first NaN', [9, Number.NaN, Infinity, Number.NaN], Number.NaN, [0, 1, 0, 0]],
    ['infinity', [1, -Infinity, Infinity, 4], Infinity, [0, 0, 1, 0]],
    ['nothing but -Infinity', [-Infinity, -Infinity, -Infinity, -Infinity], -Infinity, [1, 0, 0, 0]],
  ] as const)('max pooling of one window: %s', (_, values, maximum, gradient) => {
    const { out, dx } = pool(values, [2, 2, 1, 2, 2, 2, 2, 0, 0, 1, 1]);
    expect(out).toEqual([maximum]);
    expect(dx).toEqual(gradient);
  });

  it('max pooling: elements beyond the edge never win, not even against negative numbers', () => {
    const { out, dx } = pool([-1, -2, -3], windowGeometry([1, 3, 1], [2, 2], [1, 1], 'same'));
    expect(out).toEqual([-1, -2, -3]);
    expect(dx).toEqual([1, 10, 100]);
  });

  it('max pooling: a window outside the image gives -Infinity and passes no gradient on', () => {
    const { out, dx } = pool([4, 6], [1, 2, 1, 1, 2, 1, 2, 0, 2, 1, 3]);
    expect(out).toEqual([-Infinity, 6, -Infinity]);
    expect(dx).toEqual([0, 10]);
  });

  it('max pooling: overlapping windows add to the same pixel', () => {
    const { out, dx } = pool([1, 9, 2], [1, 3, 1, 1, 2, 1, 1, 0, 0, 1, 2]);
    expect(out).toEqual([9, 9]);
    expect(dx).toEqual([0, 11, 0]);
  });
});

// In float64 the only rounding is that of the sums of products: some 1e-16 a term, at most 2,000 terms of size 4.
it('im2col and col2im are adjoint: <im2col(x), c> = <x, col2im(c)> within 1e-10', () => {
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256 }), precision: 'float64' });
  const set = portableSet(heap);
  for (const padding of ['same', 'valid', 'wide'] as const) {
    for (const [kernel, stride] of [
      [1, 1],
      [2, 3],
      [3, 1],
      [5, 2],
    ] as const) {
      const geometry = windowGeometry([7, 6, 3], [kernel, kernel + 1], [stride, 1], padding);
      const one = windowSizes(geometry);
      const [pictures, patches] = [2 * one.picture, 2 * one.columns];
      const x = put(set, hashedFloats(pictures, 1, -2, 2));
      const c = put(set, hashedFloats(patches, 2, -2, 2));
      const [columns, back] = [heap.allocate(patches), heap.allocate(pictures)];
      set.kernels.im2col(columns, x, 0, 2 * geometry[9], ...geometry);
      set.kernels.col2im(back, c, 0, 2 * geometry[0], ...geometry);
      const inner = (a: Address, b: Address, size: number): number =>
        take(set, a, size).reduce((sum, value, i) => sum + value * heap.floats[b + i]!, 0);
      expect(Math.abs(inner(columns, c, patches) - inner(x, back, pictures)), `${padding} ${kernel}`).toBeLessThan(
        1e-10,
      );
    }
  }
});

// Height, width and channels of the bigger side, stride; all kernels 5 x 5, padding 'same', two images.
describe.each([
  [28, 1, 2],
  [14, 64, 2],
  [7, 128, 1],
] as const)('a DCGAN layer: %i pixels square, %i channels, stride %i', (size, channels, stride) => {
  const geometry = windowGeometry([size, size, channels], [5, 5], [stride, stride], 'same');
  const one = windowSizes(geometry);
  const lines = { im2col: 2 * geometry[9], maxPooling2d: 2 * geometry[9], col2im: 2 * geometry[0] };
  const sizes = {
    im2col: [one.picture, one.columns],
    maxPooling2d: [one.picture, one.windows],
    col2im: [one.columns, one.picture],
  } as const;

  it.each(['im2col', 'col2im', 'maxPooling2d'] as const)('%s: every set has the bits of the portable one', (name) => {
    const [input, output] = sizes[name];
    const results = KERNEL_SETS.map(({ create }) => {
      const set = create();
      const x = put(set, hashedFloats(2 * input, 5, -2, 2));
      const out = set.heap.allocate(2 * output);
      set.kernels[name](out, x, 0, lines[name], ...geometry);
      return set.heap.ints.slice(out, out + 2 * output);
    });
    for (const [i, result] of results.entries()) expect(firstUnequal(result, results[0]!), `set ${i}`).toBeUndefined();
    expect(results[0]!.some((bits) => bits !== 0)).toBe(true);
  });
});
