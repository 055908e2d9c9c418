/** Where TensorFlow places windows along one axis, for the samples of convolutions and pooling. */

export type Padding = 'valid' | 'same';

export interface Axis {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  /** Padding in front. */
  readonly before: number;
  /** How many windows there are. */
  readonly count: number;
}

/**
 * The rules in the documentation of tf.nn, "Notes on padding". 'SAME' has ceil(size / stride) windows. If the stride
 * divides the size it pads by max(window - stride, 0), else by max(window - size % stride, 0), with the smaller half in
 * front. 'VALID' has ceil((size - window + 1) / stride) windows.
 */
export function placeWindows(size: number, window: number, stride: number, padding: Padding): Axis {
  if (padding === 'valid') return { size, window, stride, before: 0, count: Math.ceil((size - window + 1) / stride) };
  const rest = size % stride === 0 ? stride : size % stride;
  const before = Math.floor(Math.max(window - rest, 0) / 2);
  return { size, window, stride, before, count: Math.ceil(size / stride) };
}
