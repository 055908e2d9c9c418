/** Activation functions by name; the formulas are in ops/unary.ts, ops/activations.ts and ops/softmax.ts. */
import type { Tensor } from '../autograd/tensor.ts';
import { choice, type Option } from '../core/options.ts';
import { elu, gelu, hardSigmoid, mish, relu6, selu, softsign, swish } from '../ops/activations.ts';
import { softmax } from '../ops/softmax.ts';
import { exp, leakyRelu, relu, sigmoid, softplus, tanh } from '../ops/unary.ts';

/** An activation by its name in Keras, in camel case. layers.activation() lists what each is. */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'leakyRelu'
  | 'tanh'
  | 'sigmoid'
  | 'elu'
  | 'exponential'
  | 'gelu'
  | 'hardSigmoid'
  | 'mish'
  | 'relu6'
  | 'selu'
  | 'silu'
  | 'softmax'
  | 'softplus'
  | 'softsign'
  | 'swish';

const ACTIVATIONS: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  linear: (x) => x,
  relu,
  leakyRelu: (x) => leakyRelu(x),
  tanh,
  sigmoid,
  elu: (x) => elu(x),
  exponential: exp,
  gelu: (x) => gelu(x),
  hardSigmoid,
  mish,
  relu6,
  selu,
  silu: swish,
  softmax: (x) => softmax(x),
  softplus,
  softsign,
  swish,
};

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

/** An option whose value is the name of an activation. */
export function activationName(): Option<ActivationName> {
  return choice(NAMES);
}

export function getActivation(name: ActivationName): (x: Tensor) => Tensor {
  return ACTIVATIONS[name];
}
