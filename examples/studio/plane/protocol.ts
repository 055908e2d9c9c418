/** The messages between the page of the points and the worker that trains: one union each way. */
import type { GanUpdate } from '../../../src/index.ts';
import type { Figures } from './figures.ts';
import type { DistributionName, PlaneSettings } from './settings.ts';

/** Where the real points come from: a distribution by its name, or x and y of each point in turn. */
export type RealPoints = DistributionName | Float32Array<ArrayBuffer>;

export type Command =
  /** New networks, paused. */
  | { readonly kind: 'reset'; readonly settings: PlaneSettings; readonly real: RealPoints }
  /** Other real points for the networks as they are. */
  | { readonly kind: 'real'; readonly real: RealPoints }
  | { readonly kind: 'change'; readonly settings: PlaneSettings }
  /** Steps in a second; Infinity for as many as there can be. */
  | { readonly kind: 'play'; readonly stepsPerSecond: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step'; readonly update: GanUpdate }
  /** Which generator is shown: with averaged weights, or with those of the last step. */
  | { readonly kind: 'show'; readonly isAveraged: boolean }
  /** The page has drawn a frame and can take the next one. */
  | { readonly kind: 'drawn' };

/** What the page draws: the networks after some step. x and y of points are in turn. */
export interface Frame {
  /** Steps since the reset. */
  readonly step: number;
  /** Of the last seconds of training; 0 before the first step. */
  readonly stepsPerSecond: number;
  /** Generated points, from the same noise in each frame. */
  readonly fake: Float32Array<ArrayBuffer>;
  /** For each of the first generated points, the gradient of the discriminator's logit there. */
  readonly slopes: Float32Array<ArrayBuffer>;
  /** Probability of real points in FIELD_SIDE x FIELD_SIDE cells, row by row from the top; 255 is 1. */
  readonly field: Uint8Array<ArrayBuffer>;
  /** The corners of the generator's mapped grid, row by row. */
  readonly corners: Float32Array<ArrayBuffer>;
  /** Means over the steps since the last frame; undefined if there was none. */
  readonly losses: { readonly generator: number; readonly discriminator: number } | undefined;
}

export type Event =
  /** Real points to show: some of a distribution, or those that were drawn. */
  | { readonly kind: 'real'; readonly points: Float32Array<ArrayBuffer> }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'figures'; readonly figures: Figures; readonly step: number }
  /** The training has ended by an error. Only a reset starts another. */
  | { readonly kind: 'failed'; readonly message: string };
