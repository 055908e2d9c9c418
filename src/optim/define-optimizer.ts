/**
 * Makes an optimizer from the update rule of one variable. It adds the learning rate or schedule, clipping, slots, the
 * step count and the checks.
 */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor, Variable, variable, zeros } from '../autograd/tensor.ts';
import {
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  invalid,
  isInstance,
  isListOf,
  isPlainObject,
} from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { readOptions, type Values } from '../core/options.ts';
import { countNonFinite } from '../kernels/library/sums.ts';
import { type Clipping, clipGradients } from './clipping.ts';
import {
  CLIPPING,
  learningRate,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerSettings,
  type Slots,
} from './optimizer.ts';
import { checkPairs } from './pairs.ts';
import { configOfSchedule, type Schedule } from './schedule.ts';

const OPTIONS = { learningRate: learningRate.or(0.01), ...CLIPPING };

/** What the update of one variable in one step gets. */
export interface VariableUpdate<Slot extends string> {
  readonly variable: Variable;
  /** The gradient of the variable, clipped if the options say so. */
  readonly gradient: Tensor;
  readonly slots: Slots<Slot>;
  readonly learningRate: number;
  /** The number of this step, from 1. */
  readonly step: number;
}

/** What defineOptimizer() makes an optimizer of. */
export interface OptimizerDefinition<Slot extends string> {
  readonly name: string;
  /** The settings that decide its bits, besides learning rate and clipping. A resumed training must have the same. */
  readonly settings?: OptimizerSettings | undefined;
  /** The names of the tensors that it keeps for each variable, zeros at first. Default: none. */
  readonly slots?: readonly Slot[] | undefined;
  /**
   * Assigns new values to the variable and its slots. Other tensors that it makes are freed afterwards. It may return
   * whether any of the new values is NaN or infinite; if it returns nothing, the values are checked.
   */
  update(update: VariableUpdate<Slot>): boolean | undefined;
}

/**
 * Makes your own optimizer. It has everything that the optimizers of this library have: learning rate or schedule,
 * clipping, checks, checkpoints.
 *
 * @param config - the user's options. The learning rate is 0.01 by default.
 * @throws ArgumentError if a part of the definition is missing, or for a wrong option.
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
 * heavyBall({ learningRate: 0.1 }).config; // { name: 'heavyBall', learningRate: 0.1 }
 */
export function defineOptimizer<Slot extends string = never>(
  definition: OptimizerDefinition<Slot>,
  config: OptimizerConfig = {},
): Optimizer<Slot> {
  const where = 'defineOptimizer';
  checkOptions(where, definition ?? null, ['name', 'settings', 'slots', 'update']);
  const { name, slots = [], settings = {} } = definition;
  if (typeof name !== 'string') invalid(where, 'name', 'a string', name);
  if (!isListOf(slots, (slot) => typeof slot === 'string')) invalid(where, 'slots', 'a list of names', slots);
  if (!isPlainObject(settings)) invalid(where, 'settings', 'a plain object', settings);
  for (const [key, value] of Object.entries(settings)) {
    if (!SETTING_TYPES.includes(typeof value)) {
      invalid(where, `settings.${key}`, 'a string, a number or a boolean', value);
    }
  }
  checkFunction(where, 'update', definition.update);
  const options = readOptions(name, config, OPTIONS);
  return new DefinedOptimizer(definition, options);
}

/** Of the values of settings: what a checkpoint can hold. */
const SETTING_TYPES = ['string', 'number', 'boolean'];

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
        `${name}: learningRate is a schedule and cannot be set; got ${rate}. Make the optimizer with a number, or ` +
          'with a schedule that changes at the right step.',
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
    if (!isInstance(owner, Variable)) {
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
      `${name}: at most one of clipNorm, clipValue and globalClipNorm can be given; got ` +
        `${given.map(([kind]) => kind).join(' and ')}`,
    );
  }
  return Object.fromEntries(given);
}
