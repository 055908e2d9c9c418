/**
 * What an optimizer is, and how one is made. It moves variables by their gradients, counts its steps, and keeps for each variable some values,
 * its slots, which have names: a training checks, saves and restores them without knowing what they mean.
 */
import { checkVariables } from '../autograd/gradients.ts';
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor, Variable, variable, zeros } from '../autograd/tensor.ts';
import { checkFunction, checkInteger, checkNumber, checkOptions, invalid } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { number, type Option, option, readOptions, type Values } from '../core/options.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { countNonFinite } from '../kernels/library/sums.ts';
import { type Clipping, clipGradients } from './clipping.ts';
import { configOfSchedule, type Schedule } from './schedule.ts';

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
   * Changes each variable by its gradient. Returns the variables that afterwards hold a NaN or infinity, or have a slot that does: none,
   * if all is well. Arguments that do not fit are refused before anything has changed.
   */
  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[];
  /** What is kept for a variable, by name, made (as zeros) if there is nothing yet. The same at each call. */
  slots(variable: Variable): Slots<Slot>;
  /** Sets the count of steps: when a training is resumed. */
  restore(step: number): void;
}

/** The options of every optimizer. */
export interface OptimizerConfig {
  /** At 0 the slots move and the weights do not. A function gets the number of steps done so far, from 0, and nothing else may decide its result. */
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

const OPTIONS = { learningRate: learningRate.or(0.01), ...CLIPPING };

/** One variable in one step. */
export interface VariableUpdate<Slot extends string> {
  readonly variable: Variable;
  /** Clipped, if that was asked for. */
  readonly gradient: Tensor;
  readonly slots: Slots<Slot>;
  readonly learningRate: number;
  /** The number of this step, from 1. */
  readonly step: number;
}

export interface OptimizerDefinition<Slot extends string> {
  readonly name: string;
  /** What beside the learning rate and the clipping decides its bits; a resumed training must have the same. */
  readonly settings?: OptimizerSettings | undefined;
  /** What it keeps for each variable, beginning with zeros. Default: nothing. */
  readonly slots?: readonly Slot[] | undefined;
  /**
   * Assigns new values to the variable and its slots; tensors that it makes are freed afterwards. It may return whether any of the new
   * values is NaN or infinite; if it returns nothing they are looked at.
   */
  update(update: VariableUpdate<Slot>): boolean | undefined;
}

/**
 * An optimizer of your own. It has all that the optimizers of this library have: learning rate or schedule, clipping, checks, checkpoints.
 *
 * @param config - the user's options; the learning rate is 0.01 unless they say otherwise.
 *
 * @example
 * const heavyBall = (config: OptimizerConfig = {}) =>
 *   defineOptimizer(
 *     {
 *       name: 'heavyBall',
 *       slots: ['velocity'],
 *       update({ variable, gradient, slots: { velocity }, learningRate }) {
 *         velocity.assign(sub(mul(0.9, velocity), mul(learningRate, gradient)));
 *         variable.assign(add(variable, velocity));
 *       },
 *     },
 *     config,
 *   );
 */
export function defineOptimizer<Slot extends string = never>(
  definition: OptimizerDefinition<Slot>,
  config: OptimizerConfig = {},
): Optimizer<Slot> {
  const where = 'defineOptimizer';
  checkOptions(where, definition ?? null, ['name', 'settings', 'slots', 'update']);
  const { name, slots = [] } = definition;
  if (typeof name !== 'string') invalid(where, 'name', 'a string', name);
  if (!Array.isArray(slots) || !slots.every((slot) => typeof slot === 'string')) {
    invalid(where, 'slots', 'a list of names', slots);
  }
  checkFunction(where, 'update', definition.update);
  const options = readOptions(name, config, OPTIONS);
  return new DefinedOptimizer(definition, options);
}

class DefinedOptimizer<Slot extends string> implements Optimizer<Slot> {
  readonly config: OptimizerSettings;
  #step = 0;
  #learningRate: number | Schedule;
  readonly #definition: OptimizerDefinition<Slot>;
  readonly #clipping: Clipping;
  readonly #slots = new Map<Variable, Slots<Slot>>();

  constructor(definition: OptimizerDefinition<Slot>, options: Values<typeof OPTIONS>) {
    const { name, settings } = definition;
    const { learningRate, ...limits } = options;
    this.#definition = definition;
    this.#learningRate = learningRate;
    const clipping = readClipping(name, limits);
    this.#clipping = clipping;
    this.config = Object.freeze({ name, ...rateSettings(learningRate), ...settings, ...clipping });
  }

  get step(): number {
    return this.#step;
  }

  get learningRate(): number {
    const rate = this.#learningRate;
    if (typeof rate === 'number') return rate;
    return checkNumber(this.#definition.name, `the result of learningRate(${this.#step})`, rate(this.#step), {
      from: 0,
    });
  }

  set learningRate(rate: number) {
    const { name } = this.#definition;
    if (typeof this.#learningRate === 'function') {
      throw new ArgumentError(
        `${name}: learningRate is a schedule and cannot be set; got ${rate}. Make the optimizer with a number, or with a schedule that says when to change.`,
      );
    }
    this.#learningRate = checkNumber(name, 'learningRate', rate, { from: 0 });
  }

  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[] {
    checkPairs(variables, gradients);
    const { learningRate } = this;
    const slots = variables.map((variable, i) => {
      const own = this.slots(variable);
      for (const name of Object.keys(own))
        checkTensor('apply', `the slot ${name} of variables[${i}]`, own[name as Slot]);
      return own;
    });
    const step = this.#step + 1;
    const update = (): Variable[] => {
      const clipped = clipGradients(gradients, this.#clipping);
      this.#step = step;
      return variables.filter((variable, i) => {
        const own = slots[i]!;
        const broken = this.#definition.update({ variable, gradient: clipped[i]!, slots: own, learningRate, step });
        return broken ?? [variable, ...Object.values<Variable>(own)].some(isBroken);
      });
    };
    return withoutRecording(() => scope(update, `${this.#definition.name}.apply`));
  }

  slots(owner: Variable): Slots<Slot> {
    if (!(owner instanceof Variable)) {
      invalid('slots', 'variable', 'a variable', owner, 'Make one with variable(tensor).');
    }
    const known = this.#slots.get(owner);
    if (known !== undefined) return known;
    const names = this.#definition.slots ?? [];
    const made = Object.freeze(
      Object.fromEntries(names.map((name) => [name, variable(zeros(owner.shape), name)])) as Record<Slot, Variable>,
    );
    this.#slots.set(owner, made);
    return made;
  }

  restore(step: number): void {
    this.#step = checkInteger('restore', 'step', step, 0);
  }
}

function isBroken(values: Tensor): boolean {
  return countNonFinite.run(values.address, values.size) > 0;
}

function rateSettings(learningRate: number | Schedule): OptimizerSettings {
  if (typeof learningRate === 'number') return { learningRate };
  const { name = 'a function', ...settings } = configOfSchedule(learningRate) ?? {};
  const entries = Object.entries(settings).map(([key, value]) => [`learningRate.${key}`, value]);
  return { learningRate: name, ...Object.fromEntries(entries) };
}

function readClipping(name: string, limits: Clipping): Readonly<Record<string, number>> {
  const given = Object.entries(limits).filter((entry): entry is [string, number] => entry[1] !== undefined);
  if (given.length > 1) {
    throw new ArgumentError(
      `${name}: at most one of clipNorm, clipValue and globalClipNorm can be given; got ${given.map(([kind]) => kind).join(' and ')}`,
    );
  }
  return Object.fromEntries(given);
}

function checkPairs(variables: readonly Variable[], gradients: readonly Tensor[]): void {
  checkVariables('apply', variables);
  if (!Array.isArray(gradients) || gradients.length !== variables.length) {
    throw new ArgumentError(
      `apply: there must be one gradient for each of the ${variables.length} variables; got ${Array.isArray(gradients) ? gradients.length : typeof gradients}`,
    );
  }
  const seen = new Map<unknown, number>();
  variables.forEach((variable, i) => {
    const earlier = seen.get(variable.storage);
    if (earlier !== undefined) {
      throw new ArgumentError(
        `apply: variables must be distinct; variables[${i}] has the values of variables[${earlier}]. Add up the gradients of a variable first.`,
      );
    }
    seen.set(variable.storage, i);
    checkTensor('apply', `gradients[${i}]`, gradients[i]);
    if (!sameShape(variable.shape, gradients[i]!.shape)) {
      throw new ShapeError(
        `apply: gradients[${i}] has shape ${formatShape(gradients[i]!.shape)}, its variable ${variable.name} ${formatShape(variable.shape)}`,
      );
    }
  });
}
