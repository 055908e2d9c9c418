/** The messages between the page of the pictures and the worker that trains: one union each way. */
import type { GanUpdate, RuntimeInfo } from '../../../src/index.ts';
import type { Settings } from './settings.ts';

/** Images as bytes, one after the other; of one channel, or of three: red, green, blue. */
export interface ByteImages {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Where a training is. */
export type Phase = 'loading' | 'paused' | 'training' | 'finished';

/** A picture that the user asked for: of a point of the latent space, or of a walk through it. */
export interface Draw {
  /** The answer carries it; the page drops answers to older questions. */
  readonly id: number;
  /** Seeds of the noise vectors; with two of them `steps` pictures lead from the first to the second. */
  readonly seeds: readonly number[];
  readonly steps: number;
  /** Distances along the directions that change the picture most, in standard deviations; [] for none. */
  readonly shifts: readonly number[];
  /** The class of each picture, if the generator is conditional; else []. */
  readonly labels: readonly number[];
}

/** A file of the user's, by its name with the folders that it lies in. */
export interface NamedFile {
  readonly path: string;
  readonly file: Blob;
}

export type Command =
  /** Starts with these settings; goes on with the saved training if it agrees with what is named. */
  | { readonly kind: 'open'; readonly named: Partial<Settings> }
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step'; readonly updates: GanUpdate | undefined }
  /** Steps in a second; 0 means as many as there can be. */
  | { readonly kind: 'speed'; readonly stepsPerSecond: number }
  /** Changes settings: learning rates and epochs at once, losses and batches with the weights as they are. */
  | { readonly kind: 'change'; readonly settings: Settings }
  | { readonly kind: 'restart' }
  /** Another mode is shown, or this one again. */
  | { readonly kind: 'hide' }
  | { readonly kind: 'show' }
  | { readonly kind: 'draw'; readonly draw: Draw }
  /** A distance that was measured, to be kept with the state. */
  | { readonly kind: 'distance'; readonly epoch: number; readonly distance: number }
  | { readonly kind: 'openImages'; readonly files: readonly NamedFile[]; readonly size: number }
  | { readonly kind: 'openWeights'; readonly file: Blob }
  | { readonly kind: 'save'; readonly what: Saved }
  /** Saves the pictures of a walk, as an animation. */
  | { readonly kind: 'saveWalk'; readonly draw: Draw };

/** What can be saved as a file: weights and checkpoint as Node has them, and pictures. */
export type Saved = 'generator' | 'discriminator' | 'checkpoint' | 'picture' | 'growth';

/** Where the training is, and what it did since the last report. */
export interface Progress {
  readonly phase: Phase;
  readonly epoch: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly stepsDone: number;
  readonly secondsPerStep: number;
  /** Rows of step, discriminator loss, generator loss and penalty. */
  readonly losses: Float32Array<ArrayBuffer>;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
}

export type Event =
  | {
      readonly kind: 'opened';
      readonly settings: Settings;
      /** What the images are, in a few words. */
      readonly data: string;
      readonly dataCount: number;
      /** Whether they are the digits that come with the page. */
      readonly isDigits: boolean;
      readonly classes: number | undefined;
      /** Rows of the training so far, as in Progress. */
      readonly losses: Float32Array<ArrayBuffer>;
      /** Epoch and distance in turn. */
      readonly distances: readonly number[];
      /** Whether the training goes on from a saved state. */
      readonly resumed: boolean;
      readonly latentDim: number;
    }
  | { readonly kind: 'runtime'; readonly runtime: RuntimeInfo }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'samples'; readonly images: ByteImages; readonly epoch: number; readonly step: number }
  | { readonly kind: 'drawn'; readonly id: number; readonly images: ByteImages }
  /** SHA-256 of the generator's weights, as `Save` writes them. */
  | { readonly kind: 'fingerprint'; readonly hash: string; readonly stepsDone: number }
  | { readonly kind: 'file'; readonly name: string; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The weights of a finished epoch, for the worker that measures distances. */
  | { readonly kind: 'epoch'; readonly epoch: number; readonly weights: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'saved'; readonly stepsDone: number }
  /** Saving is not possible here, and why. The training goes on without. */
  | { readonly kind: 'unsaved'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string };
