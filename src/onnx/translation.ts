/** What translates one layer into nodes of a graph, and what such translations share. */
import { type Shape, sizeOf, stridesOf } from '../core/shape.ts';
import type { BuiltLayer, OwnLayer } from '../nn/layer.ts';
import { channelShape, type Graph, type Value } from './graph.ts';

/** What translations need beside the layer. */
export interface Context {
  readonly graph: Graph;
  /** Whether batch normalisations become a multiplication and an addition, if possible in the layer before them. */
  readonly fold: boolean;
  /** Translates layers that run one after the other. */
  chain(x: Value, layers: readonly BuiltLayer[], place: string): Value;
}

/** y = scale x + shift, one pair a channel, which a layer applies to its output. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** Adds the nodes of a layer and returns its output. `after` is passed only to layers that can fold it. */
export type Translation = (context: Context, x: Value, layer: OwnLayer, after?: Affine) => Value;

/** A copy of a weight's values, undefined if the layer does not have it. */
export function weightOf({ weights }: BuiltLayer, name: string): Float32Array | undefined {
  return weights
    .find((weight) => weight.name === name)
    ?.storage.view()
    .slice();
}

/** The axes of a tensor in another order: axis i of the result is axis order[i] of the values. */
export function permuted(values: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = stridesOf(shape);
  const sizes = order.map((axis) => shape[axis]!);
  const result = new Float32Array(sizeOf(shape));
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const stride = strides[order[axis]!]!;
      index[axis]!++;
      from += stride;
      if (index[axis]! < sizes[axis]!) break;
      from -= stride * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** Multiplies by one number a channel, or adds it. Without values it returns x. */
export function perChannel(
  graph: Graph,
  operator: 'Mul' | 'Add',
  x: Value,
  name: string,
  values: Float32Array | undefined,
): Value {
  if (values === undefined) return x;
  return graph.node(operator, [x, graph.weight(name, channelShape(x, values.length), values)]);
}
