/** The messages between the page of the pictures and the worker that measures distances. */
import type { GanName } from '../../gan-networks.ts';

export interface Measure {
  /** The number of the training, which comes back with the distance. */
  readonly run: number;
  readonly epoch: number;
  readonly model: GanName;
  /** encodeWeights({ generator }) */
  readonly weights: Uint8Array<ArrayBuffer>;
}

export type DistanceEvent =
  /** The distance of digits that the classifier was trained on. */
  | { readonly kind: 'ready'; readonly real: number }
  /** The classifier is not there yet. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'measured'; readonly run: number; readonly epoch: number; readonly distance: number }
  | { readonly kind: 'failed'; readonly message: string };
