/**
 * The peer's side of the protocol with peer.ts: one line of JSON for each message.
 *   ready:   { "version": "...", "detail": "..." }, or { "unavailable": "why" }
 *   request: the number of steps to make
 *   answer:  { "times": [milliseconds of each], "losses": [[generator, discriminator] of each] }
 */
import { createInterface } from 'node:readline';

/** Makes the next step and returns [generator loss, discriminator loss]. */
export type MakeStep = () => Promise<readonly [number, number]>;

export interface Ready {
  readonly version: string;
  readonly detail: string;
}

export interface Unavailable {
  readonly unavailable: string;
}

export interface StepAnswer {
  readonly times: readonly number[];
  readonly losses: readonly (readonly [number, number])[];
}

function say(message: Ready | Unavailable | StepAnswer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Answers requests until the input ends. */
export async function serve(ready: Ready, makeStep: MakeStep): Promise<void> {
  say(ready);
  for await (const line of createInterface({ input: process.stdin })) {
    const times: number[] = [];
    const losses: (readonly [number, number])[] = [];
    for (let i = 0; i < Number(line); i++) {
      const start = performance.now();
      losses.push(await makeStep());
      times.push(performance.now() - start);
    }
    say({ times, losses });
  }
}

export function refuse(reason: string): void {
  say({ unavailable: reason });
}
