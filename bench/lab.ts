/**
 * A lab has kernel sets on one heap and measures them on request. The wide set is in a process of its own (wide.ts),
 * because the flag that fuses 128-bit operations changes everything the engine compiles afterwards; so each answer is
 * plain data.
 *
 * Bits are compared before anything is timed: a GEMM with the naive one, a step with that of the portable kernels.
 */
import { createHash } from 'node:crypto';
import '../src/index.ts';
import { Heap } from '../src/kernels/heap.ts';
import type { Address, KernelFunction } from '../src/kernels/kernel.ts';
import { gemm } from '../src/kernels/library/gemm.ts';
import { createMemory } from '../src/kernels/memory.ts';
import { type Runtime, registeredKernels } from '../src/kernels/runtime.ts';
import { createPortableSet, createSimdSet, FLOAT32, type KernelSet } from '../src/kernels/sets.ts';
import { ThreadPool } from '../src/kernels/threads/pool.ts';
import { findThreads } from '../src/kernels/threads/worker.ts';
import { ConvolutionOperands, type ConvolutionWork } from './convolution-operands.ts';
import type { ConvolutionPart, ConvolutionSize } from './convolution-sizes.ts';
import type { GemmSize, TransposeCase } from './gemm-sizes.ts';
import { type PeakLoop, peakLoops } from './peak.ts';
import { type Call, recording } from './recorder.ts';
import { hashedFloats } from './support/hashed-floats.ts';
import { gemmNaive } from './support/naive-gemm.ts';
import { callsWithin, timeCalls } from './support/timing.ts';
import { createTrainer, type Trainer, type TrainerPlan } from './trainer.ts';

/** 'simd' and 'threads' are 256 bits wide in a lab with 16 tile columns. */
export type Rung = 'naive' | 'blocked' | 'simd' | 'threads';

export interface Lab {
  /** GFLOP/s of one thread in registers: the best of the peak loops, each run once. */
  peak(): Promise<number>;
  /** Allocates operands of this size for the next calls. */
  prepare(size: GemmSize): Promise<void>;
  /** SHA-256 of the product of the prepared operands. */
  product(rung: Rung, transposes: TransposeCase): Promise<string>;
  /** Mean milliseconds of a product of the prepared operands, over as many calls as take `leastMs`. */
  timeProduct(rung: Rung, transposes: TransposeCase, leastMs: number): Promise<number>;
  /** Allocates images and a kernel of this size for the next calls. */
  prepareConvolution(size: ConvolutionSize, images: number): Promise<void>;
  /** SHA-256 of the result of a function on the prepared images. */
  convolution(rung: Rung, part: ConvolutionPart): Promise<string>;
  /** Mean milliseconds of the function or of its gemm calls, over as many calls as take `leastMs`. */
  timeConvolution(rung: Rung, part: ConvolutionPart, work: ConvolutionWork, leastMs: number): Promise<number>;
  /** SHA-256 of all weights after `steps` steps of new networks. The default plan is the dense pair, batch 256. */
  train(rung: Rung, steps: number, plan?: TrainerPlan): Promise<string>;
  /** Milliseconds of each of `count` more steps, and of `count` replays of the gemm calls of one step. */
  timeSteps(rung: Rung, count: number): Promise<StepTimes>;
  /** The time and the kernel calls of one more step. */
  callsOfStep(rung: Rung): Promise<{ readonly step: number; readonly calls: readonly Call[] }>;
  close(): Promise<void>;
}

export interface StepTimes {
  readonly steps: readonly number[];
  readonly gemms: readonly number[];
}

interface Operands {
  readonly size: GemmSize;
  readonly a: Readonly<Record<'N' | 'T', Address>>;
  readonly b: Readonly<Record<'N' | 'T', Address>>;
  readonly c: Address;
}

/** @param threads - number of threads of the rung 'threads'. */
export async function openLab(tileColumns: 8 | 16, threads: number): Promise<Lab> {
  const heap = new Heap({ memory: createMemory() });
  const portable = createPortableSet(heap, registeredKernels());
  const set = createSimdSet(heap, registeredKernels(), tileColumns);
  const start = findThreads();
  const pool = start === undefined ? undefined : new ThreadPool(heap, set, threads, start);
  await pool?.ready();
  const rungs: Readonly<Record<Rung, KernelSet>> = {
    naive: new Map(portable).set(gemm, gemmNaive(heap, FLOAT32) as KernelFunction),
    blocked: portable,
    simd: set.kernels,
    threads: pool === undefined ? set.kernels : pool.kernels,
  };
  return new LocalLab(heap, rungs, peakLoops(tileColumns), pool);
}

class LocalLab implements Lab {
  readonly #heap: Heap;
  readonly #rungs: Readonly<Record<Rung, KernelSet>>;
  readonly #loops: readonly PeakLoop[];
  readonly #pool: ThreadPool | undefined;
  readonly #trainers = new Map<Rung, Trainer>();
  /** Calls in a repetition with the prepared operands, by rung and case. */
  readonly #repeats = new Map<string, number>();
  #operands: Operands | undefined;
  #convolution: ConvolutionOperands | undefined;

  constructor(
    heap: Heap,
    rungs: Readonly<Record<Rung, KernelSet>>,
    loops: readonly PeakLoop[],
    pool: ThreadPool | undefined,
  ) {
    this.#heap = heap;
    this.#rungs = rungs;
    this.#loops = loops;
    this.#pool = pool;
  }

  async peak(): Promise<number> {
    return Math.max(...this.#loops.map((loop) => loop.flops / loop.time() / 1e6));
  }

  async prepare(size: GemmSize): Promise<void> {
    if (this.#operands !== undefined) this.#release(this.#operands);
    const { m, k, n } = size;
    const a = hashedFloats(m * k, 1);
    const b = hashedFloats(k * n, 2);
    this.#repeats.clear();
    this.#operands = {
      size,
      a: { N: this.#place(a), T: this.#place(transposed(a, m, k)) },
      b: { N: this.#place(b), T: this.#place(transposed(b, k, n)) },
      c: this.#heap.allocate(m * n),
    };
  }

  async product(rung: Rung, transposes: TransposeCase): Promise<string> {
    const { c, size } = prepared(this.#operands);
    const product = this.#heap.view(c, size.m * size.n);
    // An element that the kernel does not write stays NaN.
    product.fill(Number.NaN);
    this.#multiply(rung, transposes)();
    return createHash('sha256').update(Float32Array.from(product)).digest('hex');
  }

  async timeProduct(rung: Rung, transposes: TransposeCase, leastMs: number): Promise<number> {
    const call = this.#multiply(rung, transposes);
    const key = `${rung} ${transposes}`;
    let calls = this.#repeats.get(key);
    if (calls === undefined) {
      calls = callsWithin(leastMs, call);
      this.#repeats.set(key, calls);
    }
    return timeCalls(calls, call);
  }

  async prepareConvolution(size: ConvolutionSize, images: number): Promise<void> {
    this.#convolution?.dispose();
    this.#convolution = new ConvolutionOperands(this.#runtime('threads'), size, images);
  }

  async convolution(rung: Rung, part: ConvolutionPart): Promise<string> {
    return prepared(this.#convolution).digest(this.#runtime(rung), part);
  }

  async timeConvolution(rung: Rung, part: ConvolutionPart, work: ConvolutionWork, leastMs: number): Promise<number> {
    return prepared(this.#convolution).time(this.#runtime(rung), part, work, leastMs);
  }

  async train(rung: Rung, steps: number, plan?: TrainerPlan): Promise<string> {
    const trainer = createTrainer(this.#runtime(rung), plan);
    this.#trainers.set(rung, trainer);
    for (let i = 0; i < steps; i++) trainer.step();
    return trainer.digest();
  }

  async timeSteps(rung: Rung, count: number): Promise<StepTimes> {
    const trainer = this.#trainer(rung);
    const multiply = this.#rungs[rung].get(gemm)!;
    const gemms = this.#record(rung).filter(({ kernel }) => kernel === 'gemm');
    const times = (call: () => void): number[] => Array.from({ length: count }, () => timeCalls(1, call));
    const steps = times(() => trainer.step());
    // The operands are in blocks that the step has freed. Nothing is allocated meanwhile; the next step overwrites
    // them.
    const replays = times(() => {
      for (const { args } of gemms) multiply(...args);
    });
    return { steps, gemms: replays };
  }

  async callsOfStep(rung: Rung): Promise<{ readonly step: number; readonly calls: readonly Call[] }> {
    const start = performance.now();
    const calls = this.#record(rung);
    return { step: performance.now() - start, calls };
  }

  async close(): Promise<void> {
    this.#pool?.close();
  }

  #record(rung: Rung): readonly Call[] {
    const calls: Call[] = [];
    const { heap, kernels } = this.#runtime(rung);
    this.#trainer(rung).step({ heap, kernels: recording(kernels, calls) });
    return calls;
  }

  #runtime(rung: Rung): Runtime {
    return { heap: this.#heap, kernels: this.#rungs[rung] };
  }

  #trainer(rung: Rung): Trainer {
    const trainer = this.#trainers.get(rung);
    if (trainer === undefined) throw new Error(`lab: train('${rung}') comes before its steps are measured`);
    return trainer;
  }

  #multiply(rung: Rung, transposes: TransposeCase): () => void {
    const multiply = this.#rungs[rung].get(gemm)!;
    const { a, b, c, size } = prepared(this.#operands);
    const { m, k, n } = size;
    const transposeA = transposes[0] === 'T' ? 1 : 0;
    const transposeB = transposes[1] === 'T' ? 1 : 0;
    const addressA = transposeA === 1 ? a.T : a.N;
    const addressB = transposeB === 1 ? b.T : b.N;
    const aStride = transposeA === 1 ? m : k;
    const bStride = transposeB === 1 ? k : n;
    return () => void multiply(c, addressA, addressB, m, n, k, n, aStride, bStride, transposeA, transposeB, 0);
  }

  #place(values: Float32Array): Address {
    const address = this.#heap.allocate(values.length);
    this.#heap.floats.set(values, address);
    return address;
  }

  #release({ size: { m, k, n }, a, b, c }: Operands): void {
    for (const address of [a.N, a.T]) this.#heap.free(address, m * k);
    for (const address of [b.N, b.T]) this.#heap.free(address, k * n);
    this.#heap.free(c, m * n);
  }
}

function prepared<T>(operands: T | undefined): T {
  if (operands === undefined) throw new Error('lab: the operands must be prepared first');
  return operands;
}

/** The transpose of a row-major matrix, row-major. */
function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  const t = new Float32Array(x.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) t[c * rows + r] = x[r * columns + c]!;
  return t;
}
