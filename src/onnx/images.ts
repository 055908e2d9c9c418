/** The layers on images without weights: pooling, enlarging, padding. */
import { parsePair } from '../ops/internal/windows.ts';
import { pictureOf, windowAttributes } from './linear.ts';
import type { Translation } from './translation.ts';

export const pooling: Translation = ({ graph }, x, { kind, settings, outputShape }) => {
  const windows = {
    size: parsePair(String(settings['poolSize'])),
    strides: parsePair(String(settings['strides'])),
    padding: settings['padding'] === 'same' ? 'same' : 'valid',
  } as const;
  const attributes = windowAttributes(pictureOf(x.items), windows, pictureOf(outputShape));
  const change = { items: outputShape };
  return kind === 'MaxPooling2D'
    ? graph.node('MaxPool', [graph.channelsFirst(x)], attributes, change)
    : graph.node('AveragePool', [graph.channelsFirst(x)], { ...attributes, count_include_pad: 0 }, change);
};

export const globalAveragePooling: Translation = ({ graph }, x, { outputShape }) => {
  const axes = x.layout === 'first' ? [2, 3] : [1, 2];
  if (outputShape.length === 3) return graph.node('ReduceMean', [x], { axes, keepdims: 1 }, { items: outputShape });
  return graph.node('ReduceMean', [x], { axes, keepdims: 0 }, { items: outputShape, layout: 'last' });
};

export const upsampling: Translation = ({ graph }, x, { settings, outputShape }) => {
  const scales = graph.floats([1, 1, ...parsePair(String(settings['size']))]);
  const attributes =
    settings['interpolation'] === 'bilinear'
      ? { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }
      : { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  // The input left out is the region of interest, which these modes do not have.
  return graph.node('Resize', [graph.channelsFirst(x), '', scales], attributes, { items: outputShape });
};

export const zeroPadding: Translation = ({ graph }, x, { settings, outputShape }) => {
  const [top, bottom, left, right] = ['top', 'bottom', 'left', 'right'].map((side) => Number(settings[side]));
  // All axes' beginnings, then all axes' ends.
  const pads =
    x.layout === 'first' ? [0, 0, top!, left!, 0, 0, bottom!, right!] : [0, top!, left!, 0, 0, bottom!, right!, 0];
  return graph.node('Pad', [x, graph.integers(pads)], { mode: 'constant' }, { items: outputShape });
};
