/** Portable sums in chains, in the order of summation.ts: several sums side by side, as columns or as lanes. */
import type { Floats, Heap } from '../heap.ts';
import { CHAIN } from '../summation.ts';

/**
 * Adds the terms from `from` to before `to` of each sum s to chain[s]. Storing there rounds. Implementations take heap.floats into a local of
 * their own: V8 reads a captured one anew for every element.
 */
type AddTerms = (chain: Floats, from: number, to: number) => void;

export interface Sums {
  /** `width` sums of `count` terms each. The result is scratch memory: read it before the next call. */
  chained(count: number, width: number, add: AddTerms): Floats;
  /** One sum of `count` terms in four lanes: term i belongs to lane i mod 4, and lanes are added as (lane0 + lane1) + (lane2 + lane3). */
  inLanes(count: number, add: AddTerms): number;
}

export function createSums(heap: Heap, round: (x: number) => number): Sums {
  let chain = scratchOf(heap, 4);
  let block = scratchOf(heap, 4);
  let total = scratchOf(heap, 4);

  const chained: Sums['chained'] = (count, width, add) => {
    if (chain.length < width)
      [chain, block, total] = [scratchOf(heap, width), scratchOf(heap, width), scratchOf(heap, width)];
    clear(chain, width);
    if (count <= CHAIN) {
      add(chain, 0, count);
      return chain;
    }
    clear(block, width);
    clear(total, width);
    let chains = 0;
    for (let from = 0; from < count; from += CHAIN) {
      add(chain, from, Math.min(from + CHAIN, count));
      fold(block, chain, width);
      if (++chains % CHAIN === 0) fold(total, block, width);
    }
    fold(total, block, width);
    return total;
  };
  return {
    chained,
    inLanes(count, add) {
      let lanes = chain;
      if (count <= 4 * CHAIN) {
        clear(lanes, 4);
        add(lanes, 0, count);
      } else lanes = chained(Math.ceil(count / 4), 4, (four, from, to) => add(four, 4 * from, Math.min(4 * to, count)));
      return round(round(lanes[0]! + lanes[1]!) + round(lanes[2]! + lanes[3]!));
    },
  };
}

/** Numbers beside the heap, of its precision. */
function scratchOf({ floats }: Heap, length: number): Floats {
  return floats instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function clear(sums: Floats, width: number): void {
  for (let s = 0; s < width; s++) sums[s] = 0;
}

/** Adds the second sums to the first ones, and sets them to 0. */
function fold(sums: Floats, terms: Floats, width: number): void {
  for (let s = 0; s < width; s++) {
    sums[s] = sums[s]! + terms[s]!;
    terms[s] = 0;
  }
}

/** As many columns as are summed side by side: their sums stay in the first-level cache. */
const TILE = 256;

/** Calls `body` for runs of columns that cover all of them. */
export function inTiles(columns: number, body: (first: number, width: number) => void): void {
  for (let first = 0; first < columns; first += TILE) body(first, Math.min(TILE, columns - first));
}
