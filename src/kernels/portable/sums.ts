/** Portable sums in chains, in the order of summation.ts: several sums side by side, as columns or as lanes. */
import { CHAIN } from '../summation.ts';

/** Adds the terms from `from` to before `to` of each sum s to chain[s], rounding after each addition. */
type AddTerms = (chain: Float64Array, from: number, to: number) => void;

export interface Sums {
  /** `width` sums of `count` terms each. The result is scratch memory: read it before the next call. */
  chained(count: number, width: number, add: AddTerms): Float64Array;
  /** One sum of `count` terms in four lanes: term i belongs to lane i mod 4, and lanes are added as (lane0 + lane1) + (lane2 + lane3). */
  inLanes(count: number, add: AddTerms): number;
}

export function createSums(round: (x: number) => number): Sums {
  let chain = new Float64Array(0);
  let block = chain;
  let total = chain;

  const addTo = (sums: Float64Array, terms: Float64Array, width: number): void => {
    for (let s = 0; s < width; s++) sums[s] = round(sums[s]! + terms[s]!);
  };
  const chained: Sums['chained'] = (count, width, add) => {
    if (chain.length < width)
      [chain, block, total] = [0, 1, 2].map(() => new Float64Array(width)) as [
        typeof chain,
        typeof chain,
        typeof chain,
      ];
    chain.fill(0, 0, width);
    if (count <= CHAIN) {
      add(chain, 0, count);
      return chain;
    }
    block.fill(0, 0, width);
    total.fill(0, 0, width);
    let chains = 0;
    for (let from = 0; from < count; from += CHAIN) {
      chain.fill(0, 0, width);
      add(chain, from, Math.min(from + CHAIN, count));
      addTo(block, chain, width);
      if (++chains % CHAIN === 0) {
        addTo(total, block, width);
        block.fill(0, 0, width);
      }
    }
    addTo(total, block, width);
    return total;
  };
  return {
    chained,
    inLanes(count, add) {
      const addLanes: AddTerms = (lanes, from, to) => add(lanes, 4 * from, Math.min(4 * to, count));
      const [lane0, lane1, lane2, lane3] = chained(Math.ceil(count / 4), 4, addLanes);
      return round(round(lane0! + lane1!) + round(lane2! + lane3!));
    },
  };
}

/** As many columns as are summed side by side: their sums stay in the first-level cache. */
const TILE = 256;

/** Calls `body` for runs of columns that cover all of them. */
export function inTiles(columns: number, body: (first: number, width: number) => void): void {
  for (let first = 0; first < columns; first += TILE) body(first, Math.min(TILE, columns - first));
}
