/** A lab with 256-bit kernels in a process of its own, wide-process.ts. */
import { fork } from 'node:child_process';
import type { Lab } from './lab.ts';

export type LabMethod = keyof Lab;

export interface Request {
  readonly method: LabMethod;
  readonly args: readonly unknown[];
}

/** The first answer says whether there are wide kernels; the others have the result of a request. */
export type Answer =
  | { readonly ready: boolean; readonly reason: string }
  | { readonly result: unknown }
  | { readonly error: string };

/** The lab, or the reason why there is none. */
export async function openWideLab(threads: number): Promise<Lab | string> {
  const child = fork(new URL('wide-process.ts', import.meta.url), [String(threads)]);
  const next = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const lost = (code: number | null): void =>
        reject(new Error(`the process with the wide kernels ended (${code})`));
      child.once('exit', lost);
      child.once('message', (answer: Answer) => {
        child.off('exit', lost);
        resolve(answer);
      });
    });
  const first = await next();
  if (!('ready' in first) || !first.ready) {
    child.disconnect();
    return 'reason' in first ? first.reason : 'the process with the wide kernels gave no answer';
  }
  // There is one request at a time, so answers arrive in order.
  const ask = async <M extends LabMethod>(
    method: M,
    ...args: Parameters<Lab[M]>
  ): Promise<Awaited<ReturnType<Lab[M]>>> => {
    const request: Request = { method, args };
    const answer = next();
    child.send(request);
    const got = await answer;
    if ('error' in got) throw new Error(`wide kernels: ${got.error}`);
    return ('result' in got ? got.result : undefined) as Awaited<ReturnType<Lab[M]>>;
  };
  return {
    peak: () => ask('peak'),
    prepare: (size) => ask('prepare', size),
    product: (rung, transposes) => ask('product', rung, transposes),
    timeProduct: (rung, transposes, leastMs) => ask('timeProduct', rung, transposes, leastMs),
    prepareConvolution: (size, images) => ask('prepareConvolution', size, images),
    convolution: (rung, part) => ask('convolution', rung, part),
    timeConvolution: (rung, part, work, leastMs) => ask('timeConvolution', rung, part, work, leastMs),
    // An undefined argument would arrive as null.
    train: (rung, steps, plan) => (plan === undefined ? ask('train', rung, steps) : ask('train', rung, steps, plan)),
    timeSteps: (rung, steps) => ask('timeSteps', rung, steps),
    callsOfStep: (rung) => ask('callsOfStep', rung),
    async close() {
      await ask('close');
      child.disconnect();
    },
  };
}
