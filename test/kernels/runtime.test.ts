import { createContext, runInContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ArgumentError, RuntimeError } from '../../src/core/errors.ts';
import { gemm } from '../../src/kernels/library/gemm.ts';
import { randomNormal } from '../../src/kernels/library/random.ts';
import { sumColumns } from '../../src/kernels/library/sums.ts';
import { tanh } from '../../src/kernels/library/unary.ts';
import { canShareMemory, createMemory } from '../../src/kernels/memory.ts';
import {
  applyConfiguration,
  type ConfigureOptions,
  configure,
  heap,
  runtime,
  runtimeInfo,
  withRuntime,
} from '../../src/kernels/runtime.ts';
import { createSimdSet } from '../../src/kernels/sets.ts';
import { createFloat64Runtime } from '../support/float64.ts';
import { lastTicket, startThief, watchTickets } from '../support/thief.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

describe('the runtime', () => {
  it('is one for the whole program', () => {
    expect(runtime()).toBe(runtime());
    expect(heap()).toBe(runtime().heap);
  });

  it('withRuntime replaces it during one call, also when that throws', () => {
    const before = runtime();
    const other = createFloat64Runtime();
    expect(withRuntime(other, () => heap())).toBe(other.heap);
    expect(runtime()).toBe(before);
    expect(() =>
      withRuntime(other, () => {
        throw new RangeError('inside');
      }),
    ).toThrow('inside');
    expect(runtime()).toBe(before);
  });
});

describe('memory', () => {
  it('is shared where it can be', () => {
    expect(canShareMemory()).toBe(true);
    expect(createMemory().buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(createMemory(false).buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('is not shared in a page that is not isolated', () => {
    const scope = globalThis as { crossOriginIsolated?: boolean };
    scope.crossOriginIsolated = false;
    try {
      expect(canShareMemory()).toBe(false);
    } finally {
      delete scope.crossOriginIsolated;
    }
  });
});

/** Every kind of job that the pool cuts: draws, elementwise, gemm, sums. The bits of its results as one number. */
function work(): number {
  const side = 150;
  const size = side * side;
  const [a, b, c, sums] = [heap().allocate(size), heap().allocate(size), heap().allocate(size), heap().allocate(side)];
  randomNormal.run(a, 1, 2, 0, 0, 0, 0, 1, size);
  tanh.run(b, a, size);
  gemm.run(c, a, b, side, side, side, side, side, side, 0, 1, 0);
  sumColumns.run(sums, c, side, side, side);
  let hash = 0;
  for (const [address, count] of [
    [c, size],
    [sums, side],
  ] as const)
    for (let i = address; i < address + count; i++) hash = (Math.imul(hash, 31) + heap().ints[i]!) | 0;
  for (const address of [a, b, c]) heap().free(address, size);
  heap().free(sums, side);
  return hash;
}

describe('configure', () => {
  let expected = 0;
  let blocks = 0;
  beforeAll(async () => {
    await configure({ threads: 1, kernels: 'auto' });
    expected = work();
    blocks = heap().usage().blocks;
  });
  afterAll(() => configure({ threads: 1, kernels: 'auto' }));

  it('without options changes nothing', async () => {
    const before = runtime().kernels;
    await configure();
    expect(runtime().kernels).toBe(before);
    expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 1 });
  });

  it('switches between kernel sets and 1, 2 and 3 threads: the same bits, no block of the heap lost', async () => {
    for (let round = 0; round < 4; round++) {
      for (const threads of [2, 3, 1, 3, 2]) {
        for (const choice of ['simd', 'portable', 'auto'] as const) {
          await configure({ threads, kernels: choice });
          const info = {
            kernels: choice === 'portable' ? 'portable' : 'simd',
            threads: choice === 'portable' ? 1 : threads,
          };
          expect(runtimeInfo()).toMatchObject(info);
          expect(work(), `round ${round}, ${choice}, ${threads} threads`).toBe(expected);
        }
      }
    }
    await configure({ threads: 1 });
    // A worker's workspace is freed when the worker has ended.
    await expect.poll(() => heap().usage().blocks, { timeout: 10_000 }).toBe(blocks);
  });

  it('without await: the calling thread works alone until the workers have started', async () => {
    const pending: Promise<void>[] = [];
    for (const threads of [3, 1, 2, 3, 2]) {
      pending.push(configure({ threads }));
      expect(work()).toBe(expected);
    }
    await Promise.all(pending);
    expect(runtimeInfo().threads).toBe(2);
    expect(work()).toBe(expected);
  });

  it('with wide tiles, and with wide tiles that are refused: the same bits', () => {
    applyConfiguration({ wide: (own, all) => ({ set: createSimdSet(own, all, 16), refusal: '' }) });
    expect(runtimeInfo()).toMatchObject({
      kernels: 'wide',
      reasons: { kernels: 'enableWideSimd() switched them on' },
    });
    expect(work()).toBe(expected);
    applyConfiguration({ wide: () => ({ refusal: 'made to fail' }) });
    expect(runtimeInfo()).toMatchObject({
      kernels: 'simd',
      reasons: { kernels: 'wide SIMD was dropped: made to fail' },
    });
    expect(work()).toBe(expected);
  });

  it('sets the limit of the memory', async () => {
    const { capacityBytes } = heap().usage();
    await configure({ memoryLimit: capacityBytes });
    const error = thrownBy(RuntimeError, () => heap().allocate(capacityBytes / 4));
    expect(error.message).toContain(`the limit is ${capacityBytes}`);
    expect(work()).toBe(expected);
    await configure({ memoryLimit: 2 ** 32 });
    heap().free(heap().allocate(capacityBytes / 4), capacityBytes / 4);
  });

  it.each<readonly [options: ConfigureOptions, message: RegExp]>([
    [{ threads: 0 }, /^configure: threads .*1.*got 0/],
    [{ threads: 1.5 }, /^configure: threads .*got 1\.5/],
    [{ threads: 65 }, /^configure: threads .*64.*got 65/],
    [{ threads: Number.NaN }, /^configure: threads .*got NaN/],
    [{ threads: wrong('2') }, /^configure: threads .*got .*2/],
    [{ kernels: wrong('smid') }, /^configure: kernels .*smid/],
    [{ memoryLimit: 0 }, /^configure: memoryLimit .*got 0/],
    [wrong({ thread: 2 }), /^configure: .*thread.*did you mean threads/is],
  ])('refuses %j and stays as it was', async (options, message) => {
    const before = { info: runtimeInfo(), kernels: runtime().kernels, limit: heap().limitBytes };
    const refused = configure(options);
    await expect(refused).rejects.toThrow(ArgumentError);
    await expect(refused).rejects.toThrow(message);
    expect({ info: runtimeInfo(), kernels: runtime().kernels, limit: heap().limitBytes }).toEqual(before);
  });

  it('replaces the pool after a worker was lost', async () => {
    await configure({ threads: 1, kernels: 'portable' });
    await configure({ threads: 3, kernels: 'simd' });
    const tickets = watchTickets();
    work();
    const thief = await startThief(lastTicket(tickets));
    tickets.mockRestore();
    const begin = performance.now();
    const error = thrownBy(RuntimeError, () => {
      while (performance.now() - begin < 20_000) work();
    });
    expect(error.message).toMatch(/^threads: a worker was lost/);
    expect(runtimeInfo().threads).toBe(1);
    expect(runtimeInfo().reasons.threads).toBe('a worker was lost; configure({ threads }) starts new ones');
    expect(work()).toBe(expected);
    await thief.release();
    await configure({ threads: 3 });
    expect(runtimeInfo().threads).toBe(3);
    expect(work()).toBe(expected);
  });
});

describe('configure() that rejects changes nothing', () => {
  afterEach(() => vi.restoreAllMocks());

  it('when there is no room for the workers', async () => {
    await configure({ threads: 2, kernels: 'simd' });
    const expected = work();
    const { capacityBytes, blocks } = heap().usage();
    const before = { kernels: runtime().kernels, limit: heap().limitBytes };
    const refused = configure({ threads: 40, memoryLimit: capacityBytes });
    await expect(refused).rejects.toThrow(RuntimeError);
    await expect(refused).rejects.toThrow(/^memory: .* bytes are needed/);
    expect({ kernels: runtime().kernels, limit: heap().limitBytes }).toEqual(before);
    expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 2 });
    expect(work()).toBe(expected);
    // The workers that were started are told to end; then their blocks are freed.
    await expect.poll(() => heap().usage().blocks).toBe(blocks);
    await configure({ threads: 3 });
    expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 3 });
    expect(work()).toBe(expected);
    await configure({ threads: 1, kernels: 'auto' });
  });
});

describe('an engine that refuses the kernels', () => {
  const Original = WebAssembly.Module;
  const EMPTY_SIZE = 8;
  let warnings: string[] = [];

  /** The runtime of a program whose engine throws this whenever it is to compile a module, or any but the empty one. */
  async function runtimeThatMeets(
    error: () => Error,
    evenEmpty = false,
  ): Promise<typeof import('../../src/kernels/runtime.ts')> {
    vi.resetModules();
    warnings = [];
    vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
    vi.spyOn(WebAssembly, 'Module').mockImplementation(function compile(bytes) {
      if (evenEmpty || bytes.byteLength > EMPTY_SIZE) throw error();
      return new Original(bytes);
    });
    await import('../../src/kernels/library/unary.ts');
    return import('../../src/kernels/runtime.ts');
  }
  afterEach(() => vi.restoreAllMocks());

  /** What an engine throws where the embedder, in a page its content security policy, forbids to compile. */
  function forbidden(): Error {
    const context = createContext({}, { codeGeneration: { strings: true, wasm: false } });
    try {
      runInContext('new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))', context);
    } catch (error) {
      return error as Error;
    }
    throw new Error('it was compiled');
  }

  const NO_SIMD = 'the engine has no WebAssembly SIMD';
  const POLICY =
    'the engine refuses to compile WebAssembly; ' +
    "a page's content security policy must have 'wasm-unsafe-eval' in script-src";
  const NO_MEMORY = 'the engine has no memory left to compile them';

  it.each<[obstacle: string, error: () => Error, evenEmpty: boolean]>([
    [NO_SIMD, () => new WebAssembly.CompileError('invalid opcode 0xfd'), false],
    [NO_MEMORY, () => new RangeError('Out of memory: Cannot allocate Wasm memory for new instance'), false],
    [POLICY, forbidden, true],
    [POLICY, () => new EvalError('as in WebKit'), true],
  ])('%s: portable kernels, one warning, and the reason', async (obstacle, error, evenEmpty) => {
    const { applyConfiguration, configure, heap, runtimeInfo } = await runtimeThatMeets(error, evenEmpty);
    const { square } = await import('../../src/kernels/library/unary.ts');
    const info = {
      kernels: 'portable',
      threads: 1,
      reasons: { kernels: obstacle, threads: 'configure({ threads }) did not ask for more' },
    };
    expect(runtimeInfo()).toEqual(info);
    const x = heap().allocate(1);
    heap().floats[x] = 3;
    square.run(x, x, 1);
    expect(heap().floats[x]).toBe(9);

    const refused: unknown = await configure({ kernels: 'simd', threads: 3, memoryLimit: 1e6 }).catch(
      (reason: unknown) => reason,
    );
    expect(String(refused)).toBe(
      `RuntimeError: configure: SIMD kernels are not available: ${obstacle}. Use kernels: 'auto' or 'portable'.`,
    );
    expect(refused).toMatchObject({ cause: { name: error().name, message: error().message } });
    // Nothing has changed, and nothing is left that would make the next call reject.
    expect(runtimeInfo()).toEqual(info);
    expect(heap().limitBytes).toBe(2 ** 32);
    await configure({ threads: 2 });
    await configure({ kernels: 'portable' });
    expect(runtimeInfo().reasons.kernels).toBe("configure({ kernels: 'portable' }) chose them");
    applyConfiguration({ kernels: 'auto', threads: 2 });
    expect(runtimeInfo()).toEqual({
      ...info,
      reasons: { kernels: obstacle, threads: 'portable kernels run on one thread' },
    });
    expect(warnings).toEqual([
      `ganvas: portable kernels are in use, dozens of times slower than the SIMD ones: ${obstacle}.`,
    ]);
  });

  it('is distinguished from a fault of the library, which is not hidden', async () => {
    const fault = new TypeError('made to fail');
    const { heap } = await runtimeThatMeets(() => fault);
    expect(() => heap()).toThrow(fault);
    expect(warnings).toEqual([]);
  });
});

describe('runtimeInfo() gives the reasons', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  async function fresh(): Promise<typeof import('../../src/kernels/runtime.ts')> {
    vi.resetModules();
    await import('../../src/kernels/library/binary.ts');
    return import('../../src/kernels/runtime.ts');
  }

  it('when the configuration is available', async () => {
    const { configure, runtimeInfo } = await fresh();
    await configure({ threads: 2 });
    expect(runtimeInfo()).toEqual({
      kernels: 'simd',
      threads: 2,
      reasons: {
        kernels: 'the engine has WebAssembly SIMD',
        threads: 'configure({ threads }) or a training asked for them',
      },
    });
    await configure({ threads: 1 });
  });

  it('when the page is not isolated', async () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const { configure, runtimeInfo } = await fresh();
    await configure({ threads: 2 });
    expect(runtimeInfo()).toMatchObject({ kernels: 'simd', threads: 1 });
    expect(runtimeInfo().reasons.threads).toMatch(/^the page is not cross-origin isolated/);
  });

  it('when there are no workers, or they cannot be started', async () => {
    const { configure, runtimeInfo } = await fresh();
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('Worker', undefined);
    await configure({ threads: 2 });
    expect(runtimeInfo()).toMatchObject({ threads: 1, reasons: { threads: 'there are no workers here' } });
    vi.stubGlobal('Worker', function refuse() {
      throw new DOMException('blocked', 'SecurityError');
    });
    await configure({ threads: 3 });
    expect(runtimeInfo().threads).toBe(1);
    expect(runtimeInfo().reasons.threads).toMatch(/^2 of 2 workers could not be started or have ended/);
  });
});
