/**
 * Adam in Keras's form, with the bias correction in the step size:
 *   rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t);  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   w = w - rate_t m / (sqrt(v) + epsilon)
 * Source: D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
 */
import { checkVariables } from '../autograd/gradients.ts';
import { checkTensor, type Tensor, Variable, variable, zeros } from '../autograd/tensor.ts';
import { checkInteger, checkNumber, checkOptions, invalid } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { trainingKernels } from '../kernels/families/training.ts';

export interface AdamConfig {
  /** Default 1e-3. At 0 the moments move and the weights do not. */
  readonly learningRate?: number;
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/** A variable's moments. */
export interface AdamSlots {
  readonly m: Variable;
  readonly v: Variable;
}

export interface Optimizer {
  /** Name and hyper-parameters, for checkpoints and errors. */
  readonly config: Readonly<Record<string, string | number>>;
  /** How many times apply() was called. */
  readonly step: number;
  /**
   * Changes each variable by its gradient. Returns the variables that hold a NaN or infinity afterwards: none, if all is well.
   * Whatever it throws, it throws before anything has changed.
   */
  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[];
  /** The moments kept for a variable, made (as zeros) if there are none yet. */
  slots(variable: Variable): AdamSlots;
  /** Sets the count of steps: when a training is resumed. */
  restore(step: number): void;
}

/**
 * The Adam optimizer.
 *
 * A rate that is too large shows as a NaN or infinity in the weights, which apply() reports. A gradient beyond 1.8e19 has an infinite square:
 * its weight takes no step any more.
 *
 * @example
 * const optimizer = adam({ learningRate: 1e-4 });
 * optimizer.apply(variables, gradients(loss, variables));
 */
export function adam(config: AdamConfig = {}): Optimizer {
  checkOptions('adam', config, ['learningRate', 'beta1', 'beta2', 'epsilon']);
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = config;
  checkNumber('adam', 'learningRate', learningRate, { from: 0 });
  checkDecay('beta1', beta1);
  checkDecay('beta2', beta2);
  checkNumber('adam', 'epsilon', epsilon, { from: 0 });
  return new Adam(learningRate, beta1, beta2, epsilon);
}

class Adam implements Optimizer {
  readonly config: { readonly name: 'adam' } & Required<AdamConfig>;
  step = 0;
  readonly #slots = new Map<Variable, AdamSlots>();
  /** beta^t, by multiplication: Math.pow differs between engines. */
  #power1 = 1;
  #power2 = 1;

  constructor(learningRate: number, beta1: number, beta2: number, epsilon: number) {
    this.config = { name: 'adam', learningRate, beta1, beta2, epsilon };
  }

  apply(variables: readonly Variable[], gradients: readonly Tensor[]): readonly Variable[] {
    checkPairs(variables, gradients);
    const slots = variables.map((variable) => this.slots(variable));
    slots.forEach(({ m, v }, i) => {
      checkTensor('apply', `the moment m of variables[${i}]`, m);
      checkTensor('apply', `the moment v of variables[${i}]`, v);
    });
    const { learningRate, beta1, beta2, epsilon } = this.config;
    this.#advance();
    const rate = (learningRate * Math.sqrt(1 - this.#power2)) / (1 - this.#power1);
    return variables.filter((variable, i) => {
      const { m, v } = slots[i]!;
      const nonFinite = trainingKernels().adam(
        variable.address,
        m.address,
        v.address,
        gradients[i]!.address,
        rate,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        epsilon,
        variable.size,
      );
      for (const { storage } of [variable, m, v]) storage.changed();
      return nonFinite > 0;
    });
  }

  slots(owner: Variable): AdamSlots {
    if (!(owner instanceof Variable)) {
      invalid('slots', 'variable', 'a variable', owner, 'Make one with variable(tensor).');
    }
    let slots = this.#slots.get(owner);
    if (slots === undefined) {
      slots = { m: variable(zeros(owner.shape), 'm'), v: variable(zeros(owner.shape), 'v') };
      this.#slots.set(owner, slots);
    }
    return slots;
  }

  restore(step: number): void {
    checkInteger('restore', 'step', step, 0);
    this.step = 0;
    this.#power1 = 1;
    this.#power2 = 1;
    while (this.step < step) this.#advance();
  }

  #advance(): void {
    this.step++;
    this.#power1 *= this.config.beta1;
    this.#power2 *= this.config.beta2;
  }
}

function checkDecay(argument: string, value: number): void {
  checkNumber('adam', argument, value, { from: 0, below: 1 });
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
