/** The options that all poolings have. */
import type { Option } from '../../core/options.ts';
import { type Extent, extent, type Padding, type Pair, padding } from './windows.ts';

/** Options of both poolings. */
export interface Pooling2dOptions {
  /** Size of a window: a whole number, or [height, width]. Default 2. */
  readonly poolSize?: Extent | undefined;
  /** Pixels from one window to the next: a whole number, or [height, width]. Default: poolSize, without overlap. */
  readonly strides?: Extent | undefined;
  /**
   * 'valid': every window lies inside the image, and pixels left over at the edge are ignored. 'same': output sizes are
   * the input sizes divided by the stride, rounded up. Default 'valid'.
   */
  readonly padding?: Padding | undefined;
}

/** @internal The layer reads its options with them too. */
export const POOLING_OPTIONS: PoolingOptions = {
  poolSize: extent().or(2),
  strides: extent().optional(),
  padding: padding().or('valid'),
};

interface PoolingOptions {
  readonly poolSize: Option<Extent, Pair, 'optional'>;
  readonly strides: Option<Extent, Pair | undefined, 'optional'>;
  readonly padding: Option<Padding, Padding, 'optional'>;
}
