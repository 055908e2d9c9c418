/**
 * Measuring on a machine that is shared and noisy: the candidates take turns, so that a disturbance meets them all, and the minimum
 * (what the code can do) and the median (what one gets) of the repetitions are reported.
 */

/** One thing to measure; `run` is one repetition and returns milliseconds a call. */
export interface Candidate {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

export interface Summary {
  /** Milliseconds a call. */
  readonly min: number;
  readonly median: number;
  readonly repetitions: number;
}

export interface Effort {
  /** Repetitions at most, and the time after which a candidate gets no more of them (but always three). */
  readonly rounds: number;
  readonly budgetMs: number;
}

const LEAST_ROUNDS = 3;

/** Measures the candidates in turn, round after round. */
export async function alternate(candidates: readonly Candidate[], effort: Effort): Promise<Map<string, Summary>> {
  const runs = candidates.map((candidate) => ({ candidate, times: [] as number[], spent: 0 }));
  for (let round = 0; round < effort.rounds; round++) {
    for (const one of runs) {
      if (round >= LEAST_ROUNDS && one.spent > effort.budgetMs) continue;
      const start = performance.now();
      one.times.push(await one.candidate.run());
      one.spent += performance.now() - start;
    }
  }
  return new Map(runs.map(({ candidate, times }) => [candidate.name, summarize(times)]));
}

/** Minimum and median (the mean of the two in the middle if their number is even). */
export function summarize(times: readonly number[]): Summary {
  if (times.length === 0) throw new RangeError('summarize: there is nothing to summarize');
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { min: sorted[0]!, median, repetitions: sorted.length };
}

/** Calls `call` until `leastMs` have passed, and returns how many calls that took: what one repetition should consist of. */
export function callsWithin(leastMs: number, call: () => void): number {
  const start = performance.now();
  let calls = 0;
  do {
    call();
    calls++;
  } while (performance.now() - start < leastMs);
  return calls;
}

/** Milliseconds a call, over `calls` of them. */
export function timeCalls(calls: number, call: () => void): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - start) / calls;
}
