/**
 * enableWideSimd() on whatever Node the tests run on: from Node 24 on x64 it switches the kernels and changes no bit;
 * elsewhere it says why not and changes nothing. Both are asserted, by the version.
 */
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/kernels/heap.ts';
import { gemm } from '../../src/kernels/library/gemm.ts';
import { fill } from '../../src/kernels/library/movement.ts';
import { randomNormal } from '../../src/kernels/library/random.ts';
import { createMemory } from '../../src/kernels/memory.ts';
import { configure, heap, runtime, runtimeInfo } from '../../src/kernels/runtime.ts';
import { enableWideSimd } from '../../src/node/wide.ts';
import { portableSet } from '../support/kernel-sets.ts';

const major = Number.parseInt(process.versions.node, 10);
const possible = major >= 24 && process.arch === 'x64';

const [M, N, K] = [70, 83, 600];

/** C of a product that is computed often enough for the optimizing compiler to take it over, and its exact bits. */
function product(): Int32Array {
  const [a, b, c] = [heap().allocate(M * K), heap().allocate(K * N), heap().allocate(M * N)];
  randomNormal.run(a, 1, 2, 0, 0, 0, 0, 1, M * K);
  randomNormal.run(b, 3, 4, 0, 0, 0, 0, 1, K * N);
  for (let i = 0; i < 200; i++) gemm.run(c, a, b, M, N, K, N, K, N, 0, 0, 0);
  const bits = heap().ints.slice(c, c + M * N);
  heap().free(a, M * K);
  heap().free(b, K * N);
  heap().free(c, M * N);
  return bits;
}

/** The same by the portable kernels. */
function expectedProduct(): Int32Array {
  const own = new Heap({ memory: createMemory() });
  const portable = portableSet(own).kernels;
  const [a, b, c] = [own.allocate(M * K), own.allocate(K * N), own.allocate(M * N)];
  portable.randomNormal(a, 1, 2, 0, 0, 0, 0, 1, M * K);
  portable.randomNormal(b, 3, 4, 0, 0, 0, 0, 1, K * N);
  portable.gemm(c, a, b, M, N, K, N, K, N, 0, 0, 0);
  return own.ints.slice(c, c + M * N);
}

describe(`enableWideSimd on Node ${process.versions.node}, ${process.arch}`, () => {
  const expected = expectedProduct();

  it('refuses while portable kernels are asked for, and changes nothing', async () => {
    await configure({ kernels: 'portable' });
    const { enabled, reason } = await enableWideSimd();
    expect(enabled).toBe(false);
    expect(reason).toMatch(
      possible ? /^portable kernels are in use: configure\(\{ kernels: 'portable' \}\) chose them$/ : /Node|processor/,
    );
    expect(runtimeInfo()).toMatchObject({ kernels: 'portable', threads: 1 });
    await configure({ kernels: 'auto' });
    expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 1 });
  });

  it(possible ? 'is on, with the same bits' : 'is off and says why, with the same bits', async () => {
    const x = heap().allocate(100);
    const before = runtime().kernels.get(gemm);
    fill.run(x, 3, 100);
    const { enabled, reason } = await enableWideSimd();
    expect(enabled).toBe(possible);
    expect(runtimeInfo().kernels).toBe(possible ? 'wide' : 'simd');
    if (possible) expect(reason).toBe('');
    else if (major < 24)
      expect(reason).toBe(`Node ${process.versions.node} cannot fuse SIMD operations; Node 24 or newer can`);
    else expect(reason).toContain(`the processor is ${process.arch}`);
    expect(runtime().kernels.get(gemm) === before).toBe(!possible);
    // What was there stays.
    expect(Array.from(heap().floats.subarray(x, x + 100))).toEqual(new Array(100).fill(3));
    heap().free(x, 100);
    expect(product()).toEqual(expected);
  });

  it('may be asked again, and threads keep it', async () => {
    expect((await enableWideSimd()).enabled).toBe(possible);
    await configure({ threads: 3 });
    expect(runtimeInfo()).toMatchObject({ kernels: possible ? 'wide' : 'simd', threads: 3 });
    expect(product()).toEqual(expected);
    await configure({ threads: 1 });
    expect(product()).toEqual(expected);
  });
});
