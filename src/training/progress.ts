/**
 * The progress of a training between two steps: epoch, step, the epoch's measures so far, the random generator, and the
 * history.
 */
import { type Random, type RandomState, randomFromState } from '../autograd/random.ts';
import type { EpochEvent, Measures } from './events.ts';

export class Progress<M extends Measures<M>> {
  /** The epoch in progress, from 1. */
  epoch = 1;
  /** The number of its steps that are done. */
  step = 0;
  /** The measures, summed over the steps that are done. */
  sums: M;
  /** The time of the steps that are done. */
  seconds = 0;
  readonly history: EpochEvent<M>[] = [];
  readonly random: Random;
  readonly #zeroMeasures: M;
  #epochRandom: RandomState;

  /**
   * @param zeroMeasures - the measures, all 0.
   * @param epochRandom - the state of `random` before the epoch's order was drawn.
   */
  constructor(random: Random, zeroMeasures: M, epochRandom: RandomState = random.state()) {
    this.random = random;
    this.sums = zeroMeasures;
    this.#zeroMeasures = zeroMeasures;
    this.#epochRandom = epochRandom;
  }

  /** The state of `random` before the epoch's order was drawn. */
  get epochRandom(): RandomState {
    return this.#epochRandom;
  }

  /**
   * The order of the items in this epoch. It is drawn at the start of the epoch, and again if a training is resumed
   * within it.
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

  /** @param validation - the measures over validation data, if there is any. */
  finishEpoch(validation?: M): EpochEvent<M> {
    const { epoch, step, seconds } = this;
    const means = mapMeasures(this.sums, (sum) => sum / step);
    const record: EpochEvent<M> = { ...means, epoch, seconds, ...(validation && { validation }) };
    this.history.push(record);
    this.epoch++;
    this.step = 0;
    this.sums = this.#zeroMeasures;
    this.seconds = 0;
    this.#epochRandom = this.random.state();
    return record;
  }
}

function mapMeasures<M extends Measures<M>>(measures: M, of: (value: number, name: keyof M) => number): M {
  const names = Object.keys(measures) as (keyof M)[];
  return Object.fromEntries(names.map((name) => [name, of(measures[name], name)])) as M;
}
