/**
 * Timing on a noisy machine. The candidates take turns, so that a disturbance affects them all. The minimum and the
 * median of the repetitions are reported.
 */

/** One thing to measure; `run` is one repetition and returns the milliseconds of a call. */
export interface Candidate {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

export interface Summary {
  /** Milliseconds of a call. */
  readonly min: number;
  readonly median: number;
  readonly repetitions: number;
}

export interface Effort {
  /** Most repetitions, and the time after which a candidate gets no more of them. Each gets at least three. */
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

export function summarize(times: readonly number[]): Summary {
  if (times.length === 0) throw new RangeError('summarize: there are no times');
  return { min: Math.min(...times), median: median(times), repetitions: times.length };
}

/** The value in the middle; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Calls `call` until `leastMs` have passed, and returns the number of calls. */
export function callsWithin(leastMs: number, call: () => void): number {
  const start = performance.now();
  let calls = 0;
  do {
    call();
    calls++;
  } while (performance.now() - start < leastMs);
  return calls;
}

/** Mean milliseconds of `calls` calls. */
export function timeCalls(calls: number, call: () => void): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call();
  return (performance.now() - start) / calls;
}
