/** What a training tells its callbacks, and keeps in its history. */

/** What each step of a training measures, by name: its losses, for instance. */
export type Measures<M> = { readonly [K in keyof M]: number };

/** What onStep is told: where the training stands, and what the step measured. */
export type StepEvent<M> = M & {
  /** From 1. */
  readonly epoch: number;
  /** Within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
};

/**
 * A finished epoch, as onEpoch and the history have it. `M`: the means over its steps; `More`: what onEpoch is told
 * beside.
 */
export type EpochEvent<M, More = unknown> = M &
  More & {
    /** From 1. */
    readonly epoch: number;
    /** Of its steps. */
    readonly seconds: number;
    /** With validation data: the same measures over all of them, in inference mode, after the epoch's last step. */
    readonly validation?: M | undefined;
  };

/** A checkpoint that could not be used, and why: damaged, or not readable. */
export interface SkippedCheckpoint {
  readonly name: string;
  readonly error: unknown;
}

export interface ResumeEvent {
  /** The epoch to go on in, from 1. */
  readonly epoch: number;
  /** How many of its steps are done already. */
  readonly step: number;
  /** The store's name for the checkpoint; undefined if there was none, and the training starts from the beginning. */
  readonly checkpoint: string | undefined;
  /** Newer checkpoints than that. */
  readonly skipped: readonly SkippedCheckpoint[];
}
