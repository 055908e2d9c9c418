/** The activations in ONNX's operators. Those that OPSET does not have are composed; nn/activations.ts has the list. */
import type { ActivationName } from '../nn/activations.ts';
import { channelAxis, type Graph, type Value } from './graph.ts';

type Apply = (graph: Graph, x: Value) => Value;

const operator =
  (name: string): Apply =>
  (graph, x) =>
    graph.node(name, [x]);

const swish: Apply = (graph, x) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]);

const ACTIVATIONS: Readonly<Record<ActivationName, Apply>> = {
  linear: (_, x) => x,
  relu: operator('Relu'),
  leakyRelu: (graph, x) => leakyRelu(graph, x, 0.3),
  tanh: operator('Tanh'),
  sigmoid: operator('Sigmoid'),
  elu: (graph, x) => elu(graph, x, 1),
  exponential: operator('Exp'),
  // x (1 + erf(x / sqrt(2))) / 2
  gelu: (graph, x) => {
    const spread = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    const half = graph.node('Mul', [x, graph.scalar(0.5)]);
    return graph.node('Mul', [half, graph.node('Add', [spread, graph.scalar(1)])]);
  },
  // max(0, min(1, alpha x + beta))
  hardSigmoid: (graph, x) => graph.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  mish: (graph, x) => graph.node('Mul', [x, graph.node('Tanh', [graph.node('Softplus', [x])])]),
  relu6: (graph, x) => graph.node('Clip', [x, graph.scalar(0), graph.scalar(6)]),
  // The operator's defaults are the constants of ops/activations.ts.
  selu: operator('Selu'),
  silu: swish,
  softmax: (graph, x) => softmax(graph, x, channelAxis(x)),
  softplus: operator('Softplus'),
  softsign: operator('Softsign'),
  swish,
};

/** @param name - a layer's setting; the layer has checked it. */
export function activate(graph: Graph, x: Value, name: string | number | undefined): Value {
  return ACTIVATIONS[name as ActivationName](graph, x);
}

export function leakyRelu(graph: Graph, x: Value, slope: number): Value {
  return graph.node('LeakyRelu', [x], { alpha: { float: slope } });
}

export function elu(graph: Graph, x: Value, alpha: number): Value {
  return graph.node('Elu', [x], { alpha: { float: alpha } });
}

/** @param axis - in the value's own order. */
export function softmax(graph: Graph, x: Value, axis: number): Value {
  return graph.node('Softmax', [x], { axis });
}
