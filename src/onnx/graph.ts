/**
 * The graph of a network under construction, and the order of the axes in it. ganvas has the channels last,
 * [n, height, width, channels]; ONNX's operators on images have them first, [n, channels, height, width]. Each value of
 * the graph knows where its channels are. It is transposed only where an operator needs the other order, and at the end
 * of the model, so that a row of convolutions has one Transpose in front and one behind.
 */
import { type Shape, sameShape } from '../core/shape.ts';
import { type BatchProto, encodeModelProto, type NodeProto, type TensorProto } from './model-proto.ts';

/** Where the channels are. Vectors and scalars, which have one axis at most, count as 'last'. */
export type Layout = 'last' | 'first';

/** A batch of items in the graph. */
export interface Value {
  readonly name: string;
  /** Shape of an item as in ganvas, with the channels last. */
  readonly items: Shape;
  readonly layout: Layout;
}

/** What a node takes: a value, or the name of a tensor; '' leaves an optional input out. */
export type Operand = Value | string;

/** What differs between a node's output and the first value among its inputs. */
interface Change {
  readonly items?: Shape;
  readonly layout?: Layout;
}

export class Graph {
  readonly input: Value;
  readonly #nodes: NodeProto[] = [];
  readonly #tensors = new Map<string, TensorProto>();
  readonly #names = new Set<string>();
  /** The same batches with the channels in the other place, by name. */
  readonly #transposed = new Map<string, Value>();
  #place = '';

  constructor(items: Shape) {
    this.input = { name: this.#unused('input'), items, layout: 'last' };
    this.#unused('output');
  }

  /** Names what is added by `build` after a layer: `0.kernel`, `2.0.Conv2D/Conv`. */
  at<T>(place: string, build: () => T): T {
    const before = this.#place;
    this.#place = place;
    try {
      return build();
    } finally {
      this.#place = before;
    }
  }

  /** Adds a node. Its output is like the first value among its inputs, but for `change`. */
  node(
    operator: string,
    inputs: readonly Operand[],
    attributes: NodeProto['attributes'] = {},
    change: Change = {},
  ): Value {
    const output = this.#unused(`${this.#place}/${operator}`);
    this.#nodes.push({ name: output, operator, inputs: inputs.map(nameOf), output, attributes });
    const { items, layout } = inputs.find((operand) => typeof operand !== 'string')!;
    return { items, layout, ...change, name: output };
  }

  /** Adds a tensor with a name after its layer, and returns the name. */
  weight(name: string, shape: Shape, values: Float32Array): string {
    const full = this.#unused(`${this.#place}.${name}`);
    this.#tensors.set(full, { name: full, shape, values });
    return full;
  }

  /** The name of a tensor that is one number. Equal numbers share it. */
  scalar(value: number): string {
    return this.#shared(`number ${value}`, [], Float32Array.of(value));
  }

  /** The name of a tensor that is a list of whole numbers. Equal lists share it. */
  integers(values: readonly number[]): string {
    return this.#shared(`[${values.join(', ')}]`, [values.length], values);
  }

  /** The name of a tensor that is a list of numbers. Equal lists share it. */
  floats(values: readonly number[]): string {
    return this.#shared(`numbers [${values.join(', ')}]`, [values.length], Float32Array.from(values));
  }

  /** The value with the channels last, as in ganvas. */
  channelsLast(value: Value): Value {
    return value.layout === 'last' ? value : this.#transpose(value);
  }

  /** The value with the channels first, as ONNX's operators on images need it. */
  channelsFirst(value: Value): Value {
    return value.layout === 'first' || value.items.length < 2 ? value : this.#transpose(value);
  }

  /** The value with the channels where `other` has them. */
  like(other: Value, value: Value): Value {
    return other.layout === 'first' ? this.channelsFirst(value) : this.channelsLast(value);
  }

  /** The items in another shape, in the row-major order of ganvas. */
  reshape(value: Value, items: Shape): Value {
    if (sameShape(value.items, items)) return value;
    // A 0 keeps the size of the axis, here that of the batch.
    return this.node('Reshape', [this.channelsLast(value), this.integers([0, ...items])], {}, { items });
  }

  /** The bytes of the file whose output is `value`. */
  encode(where: string, name: string, value: Value): Uint8Array<ArrayBuffer> {
    const last = this.channelsLast(value);
    const end = last.name === this.input.name ? this.node('Identity', [last]) : last;
    const renamed = (one: string): string => (one === end.name ? 'output' : one);
    const nodes = this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      output: renamed(node.output),
    }));
    const output: BatchProto = { name: 'output', items: end.items };
    return encodeModelProto(where, { name, nodes, tensors: [...this.#tensors.values()], input: this.input, output });
  }

  #transpose(value: Value): Value {
    const known = this.#transposed.get(value.name);
    if (known !== undefined) return known;
    const rank = value.items.length + 1;
    const between = Array.from({ length: rank - 2 }, (_, i) => i + 1);
    const [perm, layout]: [number[], Layout] =
      value.layout === 'last'
        ? [[0, rank - 1, ...between], 'first']
        : [[0, ...between.map((axis) => axis + 1), 1], 'last'];
    const twin = this.node('Transpose', [value], { perm }, { layout });
    this.#transposed.set(value.name, twin);
    this.#transposed.set(twin.name, value);
    return twin;
  }

  #shared(name: string, shape: Shape, values: Float32Array | readonly number[]): string {
    this.#tensors.set(name, { name, shape, values });
    return name;
  }

  #unused(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }
}

/** The axis of the channels. */
export function channelAxis({ items, layout }: Value): number {
  return layout === 'first' ? 1 : items.length;
}

/** The shape with which a vector of one number a channel is broadcast over the value. */
export function channelShape({ items, layout }: Value, channels: number): Shape {
  return layout === 'first' ? [channels, ...items.slice(1).map(() => 1)] : [channels];
}

/** The axis of ganvas's batch, of its items counted from 1, in the value's order. */
export function axisOf({ items, layout }: Value, axis: number): number {
  if (layout === 'last') return axis;
  return axis === items.length ? 1 : axis + 1;
}

function nameOf(operand: Operand): string {
  return typeof operand === 'string' ? operand : operand.name;
}
