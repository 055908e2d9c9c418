/** The ladder of GEMM kernels, from the naive triple loop to wide SIMD: all give the same bits, each is faster. */
import type { GemmSize, TransposeCase } from './gemm-sizes.ts';
import type { Lab, Rung } from './lab.ts';
import { alternate, type Candidate, type Effort, type Summary } from './support/timing.ts';

/** A rung of the ladder, in the lab that has its kernels. */
export interface Step {
  readonly name: string;
  readonly lab: Lab;
  readonly rung: Rung;
}

/** The shortest time of a repetition. */
const REPETITION_MS = 4;

export interface Measured extends Summary {
  readonly rung: string;
  readonly transposes: TransposeCase;
}

/** Measures the rungs at one size, after comparing their bits with the naive kernel. */
export async function measureGemm(
  size: GemmSize,
  steps: readonly Step[],
  cases: readonly TransposeCase[],
  effort: Effort,
): Promise<readonly Measured[]> {
  for (const lab of new Set(steps.map((step) => step.lab))) await lab.prepare(size);
  // The operands are the same matrices in every case, stored differently: all products must be equal.
  const truth = await steps[0]!.lab.product('naive', 'NN');
  const pairs = steps.flatMap((step) => cases.map((transposes) => ({ step, transposes })));
  const candidates: Candidate[] = [];
  for (const { step, transposes } of pairs) {
    const name = `${step.name} ${transposes}`;
    if ((await step.lab.product(step.rung, transposes)) !== truth) {
      throw new Error(`${name} at ${JSON.stringify(size)}: the bits differ from the naive kernel; not timed`);
    }
    candidates.push({ name, run: () => step.lab.timeProduct(step.rung, transposes, REPETITION_MS) });
  }
  const times = await alternate(candidates, effort);
  return pairs.map(({ step, transposes }) => ({
    rung: step.name,
    transposes,
    ...times.get(`${step.name} ${transposes}`)!,
  }));
}

/** Peaks of one thread in GFLOP/s, by the name of the single-threaded SIMD rung of each lab. */
export type Peaks = Map<string, number>;

/**
 * Raises the peaks to the best of some rounds. Call it between measurements too: the clock rate of a processor varies,
 * and a peak from a slow moment would be too low.
 */
export async function raisePeaks(best: Peaks, ladder: readonly Step[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { name, lab, rung } of ladder) {
      if (rung === 'simd') best.set(name, Math.max(best.get(name) ?? 0, await lab.peak()));
    }
  }
}
