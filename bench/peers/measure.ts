/** Measures peers in turn, each in its own process. */
import { type Summary, summarize } from '../support/timing.ts';
import type { Entry } from './entries.ts';
import { Peer } from './peer.ts';

export interface Result {
  readonly name: string;
  /** The reason why the peer did not run. The other fields are then absent. */
  readonly unavailable?: string;
  readonly version?: string;
  readonly detail?: string;
  readonly step?: Summary;
  /** Largest distance of the compared losses from those of ganvas. */
  readonly lossDifference?: number;
}

/** Number of steps whose losses are compared. They are also the warm-up. */
export const COMPARED = 3;
/**
 * Largest allowed distance of a loss from that of ganvas. A step changes a loss by at least 0.02. Another order of
 * float32 sums changes it by about 1e-6, the Adam of TensorFlow.js, which adds epsilon elsewhere, by 1e-4.
 */
export const TOLERANCE = 5e-4;

/** Starts the peers, compares their first losses with those of the first peer, and measures them in turn. */
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
    // One after the other: no peer starts while another is compared.
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
          `${name}: the losses ${JSON.stringify(losses)} differ from those of ganvas, ${JSON.stringify(truth)}`,
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
