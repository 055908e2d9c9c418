/**
 * Where a training stands between two steps: epoch, step, what the epoch's steps have measured so far, random numbers,
 * history.
 */
import { type Random, type RandomState, randomFromState } from '../autograd/random.ts';
import type { EpochEvent, Measures } from './events.ts';

export class Progress<M extends Measures<M>> {
  /** The epoch in progress, from 1. */
  epoch = 1;
  /** How many of its steps are done. */
  step = 0;
  /** Over the steps that are done. */
  sums: M;
  /** Of the steps that are done. */
  seconds = 0;
  readonly history: EpochEvent<M>[] = [];
  readonly random: Random;
  readonly #nothing: M;
  #epochRandom: RandomState;

  /**
   * @param nothing - each measure at 0.
   * @param epochRandom - where `random` stood before the epoch's order was drawn.
   */
  constructor(random: Random, nothing: M, epochRandom: RandomState = random.state()) {
    this.random = random;
    this.sums = nothing;
    this.#nothing = nothing;
    this.#epochRandom = epochRandom;
  }

  /** Where `random` stood before the epoch's order was drawn. */
  get epochRandom(): RandomState {
    return this.#epochRandom;
  }

  /**
   * The order of the items in this epoch: drawn at its start, drawn again where a resumed training begins within it.
   */
  order(count: number): Int32Array {
    return (this.step === 0 ? this.random : randomFromState(this.#epochRandom)).permutation(count);
  }

  /** @param seconds - since the epoch began. */
  finishStep(measures: M, seconds: number): void {
    const { sums } = this;
    this.sums = mapMeasures(sums, (sum, name) => sum + measures[name]);
    this.seconds = seconds;
    this.step++;
  }

  /** @param validation - the measures over validation data, if there are some. */
  finishEpoch(validation?: M): EpochEvent<M> {
    const { epoch, step, seconds } = this;
    const means = mapMeasures(this.sums, (sum) => sum / step);
    const record: EpochEvent<M> = { ...means, epoch, seconds, ...(validation && { validation }) };
    this.history.push(record);
    this.epoch++;
    this.step = 0;
    this.sums = this.#nothing;
    this.seconds = 0;
    this.#epochRandom = this.random.state();
    return record;
  }
}

function mapMeasures<M extends Measures<M>>(measures: M, of: (value: number, name: keyof M) => number): M {
  const names = Object.keys(measures) as (keyof M)[];
  return Object.fromEntries(names.map((name) => [name, of(measures[name], name)])) as M;
}
