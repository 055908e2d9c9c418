/**
 * The processor's peak for what a GEMM does, separate float32 multiplies and adds: an emitted loop of independent chains
 * x = x factor + term that lives in registers. Nothing can be faster than this without fused multiply-add, which would change the bits.
 *
 * The chains go in pairs that end in two adjacent stores: in a module compiled for wide SIMD the engine fuses each pair to 256 bits.
 */
import { f32x4, i32, ModuleBuilder, v128 } from '../src/wasm/index.ts';
import { timeCalls } from './timing.ts';

const LANES = 4;
const TURNS = 200_000;
/** Vectors held at once. More hide the latency better, until there are no registers left (16, less constants and scratch). */
const COUNTS = { 8: [8, 10, 12], 16: [16, 20, 24] } as const;

/** FACTOR and TERM make 1 the fixed point of every chain, so that no value is subnormal or infinite, and the result is known. */
const FACTOR = 0.5;
const TERM = 0.5;

export interface PeakLoop {
  /** Milliseconds a run; throws if a chain did not end where it must. */
  time(): number;
  readonly flops: number;
}

/** The candidates for a machine's peak; the fastest counts. */
export function peakLoops(tileColumns: 8 | 16): readonly PeakLoop[] {
  return COUNTS[tileColumns].map(createLoop);
}

function createLoop(vectors: number): PeakLoop {
  const module = new ModuleBuilder();
  module.importMemory('bench', 'memory', { min: 1 });
  module.function('peak', { out: 'i32', turns: 'i32' }, 'void', (f, { out, turns }) => {
    const factor = f.let(v128.load32_splat(out, 0), 'factor');
    const term = f.let(v128.load32_splat(out, 4), 'term');
    const chains = Array.from({ length: vectors }, () => f.local('v128'));
    f.doWhile(() => {
      for (const chain of chains) f.set(chain, f32x4.add(f32x4.mul(chain, factor), term));
      f.set(turns, i32.sub(turns, 1));
    }, turns);
    for (const [i, chain] of chains.entries()) f.emit(v128.store(out, chain, 16 * i));
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { bench: { memory } });
  const { peak } = exports;
  if (typeof peak !== 'function') throw new TypeError('the module lacks its loop');
  const run = (): void => {
    floats.fill(Number.NaN);
    floats[0] = FACTOR;
    floats[1] = TERM;
    peak(0, TURNS);
  };
  return {
    flops: 2 * LANES * vectors * TURNS,
    time() {
      const ms = timeCalls(1, run);
      if (floats.subarray(0, LANES * vectors).some((x) => x !== 1)) throw new Error('the peak loop computed nonsense');
      return ms;
    },
  };
}
