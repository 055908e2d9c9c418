/** Helpers of the layer tests: tensors from fixtures, layers with given weights, gradients of sum(upstream output). */
import { createRandom, gradients, mul, sum, type Tensor, tensor, type Variable, variable } from '../../../src/index.ts';
import type { BuiltLayer, Layer } from '../../../src/nn/layer.ts';
import type { FixtureTensor } from '../../support/fixtures.ts';
import { expectClose, float32Tolerance } from '../expect-close.ts';

export function fromFixture({ shape, values }: FixtureTensor): Tensor {
  return tensor(Float32Array.from(values), shape);
}

/** Builds a layer for items of this shape and sets its weights from fixtures by name. */
export function builtWith(
  layer: Layer,
  inputShape: readonly number[],
  weights: Readonly<Record<string, FixtureTensor | undefined>>,
): BuiltLayer {
  const built = layer.build(inputShape, createRandom(1));
  for (const [name, value] of Object.entries(weights))
    if (value !== undefined) weightOf(built, name).assign(value.values);
  return built;
}

export function weightOf(layer: BuiltLayer, name: string): Variable {
  const weight = layer.weights.find((one) => one.name === name);
  if (weight === undefined) throw new Error(`no weight "${name}" among ${layer.weights.map((one) => one.name)}`);
  return weight;
}

export interface Differentiated {
  readonly y: Tensor;
  readonly dx: Tensor;
  /** In the order of the variables. */
  readonly gradients: readonly Tensor[];
}

/** The output of `call`, and the gradients of sum(upstream output) for x and the variables. */
export function differentiate(
  call: (x: Tensor) => Tensor,
  x: FixtureTensor,
  upstream: FixtureTensor,
  variables: readonly Variable[] = [],
): Differentiated {
  const input = variable(fromFixture(x), 'x');
  const y = call(input);
  const [dx, ...rest] = gradients(sum(mul(y, fromFixture(upstream))), [input, ...variables]);
  return { y, dx: dx!, gradients: rest };
}

/** Compares shape and values of a tensor with a constant from PyTorch. */
export function expectFixture(label: string, got: Tensor, expected: FixtureTensor, float32Error: number): void {
  if (got.shape.join() !== expected.shape.join()) {
    throw new Error(`${label}: shape [${got.shape}], expected [${expected.shape}]`);
  }
  expectClose(label, got.data, expected.values, float32Tolerance(float32Error, expected.values));
}
