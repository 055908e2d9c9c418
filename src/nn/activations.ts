/** Activations by name. */
import type { Tensor } from '../autograd/tensor.ts';
import { checkChoice } from '../core/check.ts';
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

export function getActivation(where: string, name: ActivationName): (x: Tensor) => Tensor {
  return ACTIVATIONS[checkChoice(where, 'activation', name, NAMES)];
}
