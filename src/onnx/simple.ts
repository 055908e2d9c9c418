/** The other layers: activations, changes of shape, dropout, embedding, and residual blocks. */
import { activate, elu as eluOf, leakyRelu, softmax as softmaxOf } from './activations.ts';
import { axisOf } from './graph.ts';
import { INT64 } from './model-proto.ts';
import { permuted, type Translation, weightOf } from './translation.ts';

export const activation: Translation = ({ graph }, x, { settings }) => activate(graph, x, settings['activation']);

export const leakyReLU: Translation = ({ graph }, x, { settings }) =>
  leakyRelu(graph, x, Number(settings['negativeSlope']));

export const elu: Translation = ({ graph }, x, { settings }) => eluOf(graph, x, Number(settings['alpha']));

export const softmax: Translation = ({ graph }, x, { settings }) =>
  softmaxOf(graph, x, axisOf(x, x.items.length + 1 + Number(settings['axis'])));

export const prelu: Translation = ({ graph }, x, layer) => {
  const { shape } = layer.weights[0]!;
  const alpha = weightOf(layer, 'alpha')!;
  // The axes of an item in the order of x.
  const order = x.layout === 'last' ? [...shape.keys()] : [shape.length - 1, ...shape.slice(1).keys()];
  const sizes = order.map((axis) => shape[axis]!);
  return graph.node('PRelu', [x, graph.weight('alpha', sizes, permuted(alpha, shape, order))]);
};

/** Flatten and Reshape. */
export const reshape: Translation = ({ graph }, x, { outputShape }) => graph.reshape(x, outputShape);

/** Inference drops nothing. */
export const dropout: Translation = (_, x) => x;

/** Indices are whole numbers of type float in ganvas. */
export const embedding: Translation = ({ graph }, x, layer) => {
  const { shape } = layer.weights[0]!;
  const table = graph.weight('embeddings', shape, weightOf(layer, 'embeddings')!);
  const indices = graph.node('Cast', [graph.channelsLast(x)], { to: INT64 });
  return graph.node('Gather', [table, indices], { axis: 0 }, { items: layer.outputShape });
};

export const residual: Translation = ({ graph, chain }, x, { branches }) => {
  const [main, shortcut] = branches!;
  const y = chain(x, main, '');
  return graph.node('Add', [y, graph.like(y, chain(x, shortcut, 'shortcut.'))]);
};
