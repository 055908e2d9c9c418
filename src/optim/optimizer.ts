/**
 * What an optimizer is. It moves variables by their gradients, counts its steps, and keeps for each variable some values,
 * its slots, which have names: a training checks, saves and restores them without knowing what they mean.
 */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { checkNumber } from '../core/check.ts';
import { number, type Option, option } from '../core/options.ts';
import type { Clipping } from './clipping.ts';
import type { Schedule } from './schedule.ts';

export type OptimizerSettings = Readonly<Record<string, string | number | boolean>>;

/** A variable's slots by name. */
export type Slots<Name extends string = string> = Readonly<Record<Name, Variable>>;

export interface Optimizer<Slot extends string = string> {
  /** Name and settings as it was made, for checkpoints and errors. */
  readonly config: OptimizerSettings;
  /** How many times apply() was called. */
  readonly step: number;
  /** The rate of the next step. It can be set, unless the optimizer was made with a schedule. */
  learningRate: number;
  /**
   * Changes each variable by its gradient. Returns the variables that afterwards hold a NaN or infinity, or have a slot
   * that does: none, if all is well. Arguments that do not fit are refused before anything has changed.
   */
  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[];
  /** What is kept for a variable, by name, made (as zeros) if there is nothing yet. The same at each call. */
  slots(variable: Variable): Slots<Slot>;
  /** Sets the count of steps: when a training is resumed. */
  restore(step: number): void;
}

/** The options of every optimizer. */
export interface OptimizerConfig {
  /**
   * At 0 the slots move and the weights do not. A function gets the number of steps done so far, from 0, and nothing
   * else may decide its result.
   */
  readonly learningRate?: number | Schedule | undefined;
  /** Scales each gradient whose norm is above this down to it. */
  readonly clipNorm?: number | undefined;
  /** Limits each element of the gradients to the range from -clipValue to clipValue. */
  readonly clipValue?: number | undefined;
  /** Scales all gradients of a step down if the norm of all of them together is above this. */
  readonly globalClipNorm?: number | undefined;
}

/** @internal A rate from 0 up, or a schedule. */
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
