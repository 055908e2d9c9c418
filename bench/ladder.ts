/** The ladder: what each idea gains over the one before, from the naive triple loop to wide SIMD, for the same bits. */
import type { GemmSize, TransposeCase } from './gemm-sizes.ts';
import type { Lab, Rung } from './lab.ts';
import { alternate, type Candidate, type Effort, type Summary } from './timing.ts';

/** A kernel on the ladder, in the lab that has it. */
export interface Step {
  readonly name: string;
  readonly lab: Lab;
  readonly rung: Rung;
}

/** What one repetition should last at least. */
const REPETITION_MS = 4;

export interface Measured extends Summary {
  readonly rung: string;
  readonly transposes: TransposeCase;
}

/** Measures the steps at one size, after each has given the naive kernel's bits. */
export async function measureGemm(
  size: GemmSize,
  steps: readonly Step[],
  cases: readonly TransposeCase[],
  effort: Effort,
): Promise<readonly Measured[]> {
  for (const lab of new Set(steps.map((step) => step.lab))) await lab.prepare(size);
  // In every case the operands are the same matrices, stored the other way round: one product is the truth for all.
  const truth = await steps[0]!.lab.product('naive', 'NN');
  const pairs = steps.flatMap((step) => cases.map((transposes) => ({ step, transposes })));
  const candidates: Candidate[] = [];
  for (const { step, transposes } of pairs) {
    const name = `${step.name} ${transposes}`;
    if ((await step.lab.product(step.rung, transposes)) !== truth) {
      throw new Error(`${name} at ${JSON.stringify(size)}: other bits than the naive kernel; it is not timed`);
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

/** Peaks of one thread in GFLOP/s, by the name of the step that has that lab's one-thread SIMD. */
export type Peaks = Map<string, number>;

/**
 * Raises the peaks to the best of some rounds, in turn. Call it between measurements too: a processor's clock moves, and a peak taken in a
 * slow moment would be lower than what is compared with it.
 */
export async function raisePeaks(best: Peaks, ladder: readonly Step[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { name, lab, rung } of ladder) {
      if (rung === 'simd') best.set(name, Math.max(best.get(name) ?? 0, await lab.peak()));
    }
  }
}
