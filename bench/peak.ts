/**
 * Measures the peak rate of the processor for separate float32 multiplies and adds, as in a GEMM: an emitted loop of
 * independent chains in registers. Only fused multiply-add could be faster, and it would change the bits.
 *
 * There are two kinds of chains. In x = x factor + term each add waits for its multiply, and many chains are needed to
 * hide that. In sum = sum + x, x = x factor neither waits for the other, but a chain takes two registers. The second
 * kind is faster on processors that have a separate port for adds.
 *
 * Pairs of chains end in two adjacent stores: with wide SIMD the engine fuses each pair to 256 bits.
 */
import { type Expr, f32x4, i32, ModuleBuilder, v128 } from '../src/wasm/index.ts';
import { timeCalls } from './support/timing.ts';

const LANES = 4;
const TURNS = 200_000;
type Kind = 'dependent' | 'separate';

/** Numbers of chains. More chains hide more latency, until the 16 registers are used up. */
const CHAINS: Readonly<Record<Kind, readonly number[]>> = { dependent: [8, 10, 12], separate: [5, 6, 7] };

/**
 * With these, each chain has the value 1 after every second iteration: no value is subnormal, and the result is known.
 */
const CONSTANTS: Readonly<Record<Kind, readonly [factor: number, term: number]>> = {
  dependent: [0.5, 0.5],
  separate: [-1, 1],
};

export interface PeakLoop {
  /** Milliseconds of a run; throws if a chain has a wrong result. */
  time(): number;
  readonly flops: number;
}

/** All loops. The fastest gives the peak. */
export function peakLoops(tileColumns: 8 | 16): readonly PeakLoop[] {
  const vectorsOfChain = tileColumns / 8;
  return (['dependent', 'separate'] as const).flatMap((kind) =>
    CHAINS[kind].map((chains) => createLoop(kind, vectorsOfChain * chains)),
  );
}

function createLoop(kind: Kind, vectors: number): PeakLoop {
  const module = new ModuleBuilder();
  module.importMemory('bench', 'memory', { min: 1 });
  module.function('peak', { out: 'i32', turns: 'i32' }, 'void', (f, { out, turns }) => {
    const factor = f.let(v128.load32_splat(out, 0), 'factor');
    const one = (): Expr<'v128'> => v128.load32_splat(out, 4);
    const chains = Array.from({ length: vectors }, () => f.let(one()));
    const terms = kind === 'separate' ? chains.map(() => f.let(one())) : [f.let(one(), 'term')];
    f.doWhile(() => {
      for (const [i, chain] of chains.entries()) {
        const term = terms[i] ?? terms[0]!;
        if (kind === 'dependent') {
          f.set(chain, f32x4.add(f32x4.mul(chain, factor), term));
        } else {
          f.set(chain, f32x4.add(chain, term));
          f.set(term, f32x4.mul(term, factor));
        }
      }
      f.set(turns, i32.sub(turns, 1));
    }, turns);
    for (const [i, chain] of chains.entries()) f.emit(v128.store(out, chain, 16 * i));
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { bench: { memory } });
  const { peak } = exports;
  if (typeof peak !== 'function') throw new TypeError('the module does not export its loop');
  const run = (): void => {
    floats.fill(Number.NaN);
    floats.set(CONSTANTS[kind]);
    peak(0, TURNS);
  };
  return {
    flops: 2 * LANES * vectors * TURNS,
    time() {
      const ms = timeCalls(1, run);
      if (floats.subarray(0, LANES * vectors).some((x) => x !== 1)) throw new Error('the peak loop has a wrong result');
      return ms;
    },
  };
}
