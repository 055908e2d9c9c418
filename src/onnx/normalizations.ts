/** BatchNormalization in inference, GroupNormalization and LayerNormalization. */
import type { BuiltLayer } from '../nn/layer.ts';
import { channelAxis, type Graph, type Value } from './graph.ts';
import { type Affine, perChannel, type Translation, weightOf } from './translation.ts';

/** With the moving statistics: scale = gamma / sqrt(variance + epsilon), shift = beta - mean scale. */
export function affineOf(layer: BuiltLayer): Affine {
  const mean = weightOf(layer, 'moving_mean')!;
  const variance = weightOf(layer, 'moving_variance')!;
  const gamma = weightOf(layer, 'gamma');
  const beta = weightOf(layer, 'beta');
  const epsilon = Number(layer.settings['epsilon']);
  const scale = Float64Array.from(variance, (value, i) => (gamma?.[i] ?? 1) / Math.sqrt(value + epsilon));
  const shift = Float64Array.from(mean, (value, i) => (beta?.[i] ?? 0) - value * scale[i]!);
  return { scale, shift };
}

export const batchNormalization: Translation = ({ graph, fold }, x, layer) => {
  if (fold) {
    const { scale, shift } = affineOf(layer);
    const multiplied = perChannel(graph, 'Mul', x, 'scale', Float32Array.from(scale));
    return perChannel(graph, 'Add', multiplied, 'shift', Float32Array.from(shift));
  }
  const mean = weightOf(layer, 'moving_mean')!;
  const weights = {
    gamma: weightOf(layer, 'gamma') ?? mean.map(() => 1),
    beta: weightOf(layer, 'beta') ?? mean.map(() => 0),
    moving_mean: mean,
    moving_variance: weightOf(layer, 'moving_variance')!,
  };
  const names = Object.entries(weights).map(([name, values]) => graph.weight(name, [values.length], values));
  const epsilon = { float: Number(layer.settings['epsilon']) };
  return graph.node('BatchNormalization', [graph.channelsFirst(x), ...names], { epsilon });
};

/** ONNX normalises each channel: the groups become channels of one axis each, and then channels again. */
export const groupNormalization: Translation = ({ graph }, x, layer) => {
  const first = graph.channelsFirst(x);
  const { items } = first;
  const channels = items[items.length - 1]!;
  const groups = Number(layer.settings['groups']) === -1 ? channels : Number(layer.settings['groups']);
  const ones = graph.floats(Array.from({ length: groups }, () => 1));
  const zeros = graph.floats(Array.from({ length: groups }, () => 0));
  const rows = graph.node('Reshape', [first, graph.integers([0, groups, -1])]);
  const epsilon = { float: Number(layer.settings['epsilon']) };
  const normalized = graph.node('InstanceNormalization', [rows, ones, zeros], { epsilon });
  const back = graph.integers([0, channels, ...items.slice(0, -1)]);
  return withGammaAndBeta(graph, graph.node('Reshape', [normalized, back]), layer);
};

export const layerNormalization: Translation = ({ graph }, x, layer) => {
  const mean = (of: Value): Value => graph.node('ReduceMean', [of], { axes: [channelAxis(of)], keepdims: 1 });
  const centred = graph.node('Sub', [x, mean(x)]);
  const variance = mean(graph.node('Mul', [centred, centred]));
  const epsilon = graph.scalar(Number(layer.settings['epsilon']));
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, epsilon])]);
  return withGammaAndBeta(graph, graph.node('Div', [centred, deviation]), layer);
};

function withGammaAndBeta(graph: Graph, x: Value, layer: BuiltLayer): Value {
  const multiplied = perChannel(graph, 'Mul', x, 'gamma', weightOf(layer, 'gamma'));
  return perChannel(graph, 'Add', multiplied, 'beta', weightOf(layer, 'beta'));
}
