/**
 * Dense, Conv2D, Conv2DTranspose, and SpectralNormalization of one of them. A batch normalisation behind them can be
 * folded into kernel and bias: scale (x W + b) + shift = x (scale W) + (scale b + shift), computed in float64.
 */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import type { Variable } from '../autograd/tensor.ts';
import { type Shape, stridesOf } from '../core/shape.ts';
import type { BuiltLayer } from '../nn/layer.ts';
import { normalizedKernel } from '../nn/layers/spectral-normalization.ts';
import { type Pair, paddingBefore, parsePair, type Windows } from '../ops/internal/windows.ts';
import { activate } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import { type Affine, perChannel, permuted, type Translation, weightOf } from './translation.ts';

interface Kernel {
  readonly values: Float32Array;
  readonly shape: Shape;
}

type LinearKind = 'Dense' | 'Conv2D' | 'Conv2DTranspose';

/** The nodes of one kind, without the activation. `bias` has one number for each unit or filter. */
type Linear = (graph: Graph, x: Value, layer: BuiltLayer, kernel: Kernel, bias: Float32Array | undefined) => Value;

const LINEAR: Readonly<Record<LinearKind, Linear>> = {
  Dense: (graph, x, { outputShape }, { values, shape }, bias) => {
    const kernel = graph.weight('kernel', shape, values);
    const y = graph.node('MatMul', [graph.channelsLast(x), kernel], {}, { items: outputShape });
    return perChannel(graph, 'Add', y, 'bias', bias);
  },
  Conv2D: (graph, x, layer, kernel, bias) => {
    const windows = windowsOf(layer, kernel);
    const attributes = windowAttributes(pictureOf(x.items), windows, pictureOf(layer.outputShape));
    return convolve('Conv', graph, x, layer, kernel, bias, attributes);
  },
  Conv2DTranspose: (graph, x, layer, kernel, bias) => {
    const windows = windowsOf(layer, kernel);
    // The convolution that it transposes goes from the output to the input.
    const [input, output] = [pictureOf(x.items), pictureOf(layer.outputShape)];
    const { pads, ...attributes } = windowAttributes(output, windows, input);
    // What the windows do not reach is added at the end: a kernel may be smaller than its strides.
    const output_padding = ([0, 1] as const).map(
      (axis) =>
        output[axis] - ((input[axis] - 1) * windows.strides[axis] + windows.size[axis]) + pads[axis]! + pads[axis + 2]!,
    );
    return convolve('ConvTranspose', graph, x, layer, kernel, bias, { ...attributes, pads, output_padding });
  },
};

/** The axis of the kernel in which units or filters are counted. */
const OUTPUT_AXIS: Readonly<Record<LinearKind, number>> = { Dense: 1, Conv2D: 3, Conv2DTranspose: 2 };

/** Dense, Conv2D and Conv2DTranspose. */
export const linear: Translation = ({ graph }, x, layer, after) =>
  withKernel(graph, x, layer, layer.kind as LinearKind, weightOf(layer, 'kernel')!, after);

/** The layer inside with the divided kernel. */
export const spectralNormalization: Translation = ({ graph }, x, layer, after) => {
  const { weights, wrapped } = layer;
  const [kernel, vector] = ['kernel', 'vector_u'].map((name) => weights.find((weight) => weight.name === name)!) as [
    Variable,
    Variable,
  ];
  const values = scope(() => withoutRecording(() => normalizedKernel(kernel, vector, 0).storage.view().slice()));
  return withKernel(graph, x, wrapped!, wrapped!.kind as LinearKind, values, after);
};

function withKernel(
  graph: Graph,
  x: Value,
  layer: BuiltLayer,
  kind: LinearKind,
  values: Float32Array,
  after: Affine | undefined,
): Value {
  const { shape } = layer.weights.find(({ name }) => name === 'kernel')!;
  const bias = weightOf(layer, 'bias');
  const y =
    after === undefined
      ? LINEAR[kind](graph, x, layer, { values, shape }, bias)
      : LINEAR[kind](graph, x, layer, scaled(values, shape, OUTPUT_AXIS[kind], after), shifted(bias, after));
  return activate(graph, y, layer.settings['activation']);
}

function scaled(values: Float32Array, shape: Shape, axis: number, { scale }: Affine): Kernel {
  const stride = stridesOf(shape)[axis]!;
  const size = shape[axis]!;
  return { shape, values: values.map((value, i) => value * scale[Math.floor(i / stride) % size]!) };
}

function shifted(bias: Float32Array | undefined, { scale, shift }: Affine): Float32Array {
  return Float32Array.from(shift, (value, i) => (bias?.[i] ?? 0) * scale[i]! + value);
}

function convolve(
  operator: 'Conv' | 'ConvTranspose',
  graph: Graph,
  x: Value,
  { outputShape }: BuiltLayer,
  { values, shape }: Kernel,
  bias: Float32Array | undefined,
  attributes: Readonly<Record<string, readonly number[]>>,
): Value {
  // [height, width, a, b] -> [b, a, height, width]: filters and channels, or channels and filters of the transpose.
  const [height, width, a, b] = shape as readonly [number, number, number, number];
  const kernel = graph.weight('kernel', [b, a, height, width], permuted(values, shape, [3, 2, 0, 1]));
  const operands = bias === undefined ? [kernel] : [kernel, graph.weight('bias', [bias.length], bias)];
  return graph.node(operator, [graph.channelsFirst(x), ...operands], attributes, { items: outputShape });
}

function windowsOf({ settings }: BuiltLayer, { shape }: Kernel): Windows {
  return {
    size: [shape[0]!, shape[1]!],
    strides: parsePair(String(settings['strides'])),
    padding: settings['padding'] === 'same' ? 'same' : 'valid',
  };
}

/** kernel_shape, strides, and pads [top, left, bottom, right] of `count` windows on a picture. */
export function windowAttributes(
  picture: Pair,
  windows: Windows,
  count: Pair,
): { readonly kernel_shape: Pair; readonly strides: Pair; readonly pads: readonly number[] } {
  const { size, strides, padding } = windows;
  const before = ([0, 1] as const).map((axis) => paddingBefore(axis, picture, windows, count));
  const after = ([0, 1] as const).map((axis) =>
    padding === 'valid'
      ? 0
      : Math.max((count[axis] - 1) * strides[axis] + size[axis] - picture[axis] - before[axis]!, 0),
  );
  return { kernel_shape: size, strides, pads: [...before, ...after] };
}

/** Height and width of items [height, width, channels]. */
export function pictureOf(items: Shape): Pair {
  return [items[0]!, items[1]!];
}
