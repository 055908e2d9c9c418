/** Measures peers in turn, each in a process of its own. */
import { type Summary, summarize } from '../timing.ts';
import type { Entry } from './entries.ts';
import { Peer } from './peer.ts';

export interface Result {
  readonly name: string;
  /** Why it did not run; the other fields are absent then. */
  readonly unavailable?: string;
  readonly version?: string;
  readonly detail?: string;
  readonly step?: Summary;
  /** Largest distance of a loss of the compared steps from ganvas's. */
  readonly lossDifference?: number;
}

/** Steps whose losses are compared. They warm up too. */
export const COMPARED = 3;
/**
 * How far a loss may lie from ganvas's. A loss moves by 0.02 a step or more; float32 in another order of sums is off by some 1e-6, and
 * TensorFlow.js's own Adam, whose epsilon stands elsewhere, by 1e-4.
 */
export const TOLERANCE = 5e-4;

/** Starts the peers, compares the losses of their first steps with the first peer's, and measures them in turn. */
export async function measure(chosen: readonly Entry[], roundLimit: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  const running: {
    readonly entry: Entry;
    readonly peer: Peer;
    readonly result: Result;
    readonly times: number[];
  }[] = [];
  let truth: readonly (readonly [number, number])[] | undefined;
  try {
    // One after the other, so that no peer starts while another is compared.
    for (const entry of chosen) {
      const { name } = entry;
      const peer = new Peer(entry);
      const ready = await peer.ready();
      if ('unavailable' in ready) {
        peer.close();
        results.push({ name, unavailable: ready.unavailable });
        continue;
      }
      const result: { -readonly [K in keyof Result]: Result[K] } = { name, ...ready };
      results.push(result);
      running.push({ entry, peer, result, times: [] });
      const { losses } = await peer.steps(COMPARED);
      truth ??= losses;
      result.lossDifference = largestDifference(losses, truth);
      if (!(result.lossDifference <= TOLERANCE)) {
        throw new Error(
          `${name}: its losses ${JSON.stringify(losses)} are not those of ganvas, ${JSON.stringify(truth)}`,
        );
      }
    }
    const rounds = Math.min(roundLimit, Math.max(...running.map(({ entry }) => entry.rounds)));
    for (let round = 0; round < rounds; round++) {
      for (const { entry, peer, times } of running) {
        if (round < entry.rounds) times.push(...(await peer.steps(entry.steps)).times);
      }
    }
    return results.map((result) => {
      const one = running.find((candidate) => candidate.result === result);
      return one === undefined ? result : { ...result, step: summarize(one.times) };
    });
  } finally {
    for (const { peer } of running) peer.close();
  }
}

function largestDifference(
  losses: readonly (readonly [number, number])[],
  truth: readonly (readonly [number, number])[],
): number {
  return Math.max(
    ...truth.flatMap((pair, i) => pair.map((loss, j) => Math.abs(loss - (losses[i]?.[j] ?? Number.NaN)))),
  );
}
