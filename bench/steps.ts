/** Measures the whole GAN step on each rung, and the kernels in it. */

import { flopsOf, roleOf, sizeName } from './gemm-sizes.ts';
import type { Step } from './ladder.ts';
import { type Call, gemmOf } from './recorder.ts';
import { type Summary, summarize } from './support/timing.ts';
import type { TrainerPlan } from './trainer.ts';

export interface StepFigures {
  readonly rung: string;
  readonly step: Summary;
  /** Only the gemm calls of the same step, replayed. */
  readonly gemms: Summary;
}

const VERIFIED_STEPS = 3;

/**
 * Times steps of all rungs in turn, after checking that all give the same weights. The default plan is the dense pair.
 */
export async function measureSteps(
  rungs: readonly Step[],
  rounds: number,
  stepsARound: number,
  plan?: TrainerPlan,
): Promise<StepFigures[]> {
  await verifySteps(rungs, plan);
  const times = rungs.map(() => ({ steps: [] as number[], gemms: [] as number[] }));
  // The first round is a warm-up.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { lab, rung }] of rungs.entries()) {
      // A step of the portable kernels takes a second.
      const count = rung === 'blocked' ? 1 : stepsARound;
      const { steps, gemms } = await lab.timeSteps(rung, count);
      if (round === 0) continue;
      times[i]!.steps.push(...steps);
      times[i]!.gemms.push(...gemms);
    }
  }
  return rungs.map(({ name }, i) => ({
    rung: name,
    step: summarize(times[i]!.steps),
    gemms: summarize(times[i]!.gemms),
  }));
}

/** Trains new networks on every rung, and throws if the weights differ from those of the first. */
export async function verifySteps(rungs: readonly Step[], plan?: TrainerPlan): Promise<void> {
  let truth: string | undefined;
  for (const { name, lab, rung } of rungs) {
    const digest = await lab.train(rung, VERIFIED_STEPS, plan);
    truth ??= digest;
    if (digest !== truth)
      throw new Error(`${name}: the weights after ${VERIFIED_STEPS} steps differ from those of ${rungs[0]!.name}`);
  }
}

export interface OpFigures {
  /** The kernel; for a gemm also its size, case and role. */
  readonly op: string;
  readonly calls: number;
  /** Milliseconds in a step. */
  readonly time: Summary;
  /** Of a gemm only, from the minimum. */
  readonly gflops?: number;
}

export interface Composition {
  readonly step: Summary;
  readonly ops: readonly OpFigures[];
  /** The step without its kernels: JavaScript, and two clock readings for each call. */
  readonly javascript: Summary;
  readonly gemmCalls: number;
}

/** Times every kernel call of a step. */
export async function measureOps({ lab, rung }: Step, rounds: number): Promise<Composition> {
  await lab.train(rung, VERIFIED_STEPS);
  for (let i = 0; i < 5; i++) await lab.callsOfStep(rung);
  const steps: number[] = [];
  const javascript: number[] = [];
  const times = new Map<string, number[]>();
  let calls: readonly Call[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await lab.callsOfStep(rung);
    calls = one.calls;
    const sums = new Map<string, number>();
    for (const call of calls) sums.set(opName(call), (sums.get(opName(call)) ?? 0) + call.time);
    for (const [op, time] of sums) times.set(op, [...(times.get(op) ?? []), time]);
    steps.push(one.step);
    javascript.push(one.step - calls.reduce((sum, { time }) => sum + time, 0));
  }
  const ops = [...times].map(([op, list]): OpFigures => {
    const those = calls.filter((call) => opName(call) === op);
    const time = summarize(list);
    const figures = { op, calls: those.length, time };
    const [first] = those;
    if (first?.kernel !== 'gemm') return figures;
    return { ...figures, gflops: (those.length * flopsOf(gemmOf(first))) / time.min / 1e6 };
  });
  ops.sort((a, b) => b.time.median - a.time.median);
  const gemmCalls = calls.filter(({ kernel }) => kernel === 'gemm').length;
  return { step: summarize(steps), ops, javascript: summarize(javascript), gemmCalls };
}

/** Such as 'gemm 256x784x512 NN (D1 y)'. */
export function opName(call: Call): string {
  if (call.kernel !== 'gemm') return call.kernel;
  const gemm = gemmOf(call);
  return `gemm ${sizeName(gemm)} ${gemm.transposes} (${roleOf(gemm, gemm.transposes)})`;
}
