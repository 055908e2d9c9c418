/**
 * The Optimizer interface. An optimizer updates variables by their gradients, counts its steps, and keeps named tensors
 * for each variable, its slots. A training checks, saves and restores the slots without knowing what they mean.
 */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { number, type Option, option } from '../core/options.ts';
import type { Clipping } from './clipping.ts';
import type { Schedule } from './schedule.ts';

/** What an optimizer was made with, as it stands in checkpoints. */
export type OptimizerSettings = Readonly<Record<string, string | number | boolean>>;

/** A variable's slots by name. */
export type Slots<Name extends string = string> = Readonly<Record<Name, Variable>>;

/**
 * Changes variables by their gradients. adam(), sgd() and the others make one. `Slot`: the names of what it keeps for
 * each variable.
 */
export interface Optimizer<Slot extends string = string> {
  /** The name and the settings that it was made with, for checkpoints and errors. */
  readonly config: OptimizerSettings;
  /** The number of steps done. */
  readonly step: number;
  /** The learning rate of the next step. It can be set unless the optimizer was made with a schedule. */
  learningRate: number;
  /**
   * Updates each variable by its gradient. Returns the variables that now hold a NaN or an infinity, or have a slot
   * that does: an empty list if all values are finite. Wrong arguments are rejected before anything has changed.
   */
  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[];
  /** The slots of a variable, by name. The first call makes them, as zeros; later calls return the same ones. */
  slots(variable: Variable): Slots<Slot>;
  /** Sets the number of steps done, when a training is resumed. */
  restore(step: number): void;
}

/** The options of every optimizer. */
export interface OptimizerConfig {
  /**
   * A number of at least 0, or a function of the number of steps done so far, from 0. The result of the function must
   * depend on nothing else. With a rate of 0 the slots still change; the weights do not.
   */
  readonly learningRate?: number | Schedule | undefined;
  /** Scales each gradient whose norm is larger than this down to this norm. */
  readonly clipNorm?: number | undefined;
  /** Limits each element of the gradients to the range from -clipValue to clipValue. */
  readonly clipValue?: number | undefined;
  /** Scales all gradients of a step down to this common norm if the norm of all of them together is larger. */
  readonly globalClipNorm?: number | undefined;
}

/** @internal A learning rate of at least 0, or a schedule. */
export const learningRate: Option<number | Schedule> = option((where, argument, value) =>
  typeof value === 'function' ? (value as Schedule) : checkNumber(where, argument, value, { from: 0 }),
);

type Limit = Option<number, number | undefined, 'optional'>;
const limit: Limit = number({ above: 0 }).optional();
/** @internal */
export const CLIPPING: Readonly<Record<keyof Clipping, Limit>> = {
  clipNorm: limit,
  clipValue: limit,
  globalClipNorm: limit,
};
