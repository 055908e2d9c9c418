/** Activation functions by name; the formulas are in ops/unary.ts. */
import type { Tensor } from '../autograd/tensor.ts';
import { choice, type Option } from '../core/options.ts';
import { leakyRelu, relu, sigmoid, tanh } from '../ops/unary.ts';

export type ActivationName = 'linear' | 'relu' | 'leakyRelu' | 'tanh' | 'sigmoid';

const ACTIVATIONS: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  linear: (x) => x,
  relu,
  leakyRelu: (x) => leakyRelu(x),
  tanh,
  sigmoid,
};

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** An option whose value is the name of an activation. */
export function activationName(): Option<ActivationName> {
  return choice(NAMES);
}

export function getActivation(name: ActivationName): (x: Tensor) => Tensor {
  return ACTIVATIONS[name];
}
