/** The events that a training passes to its callbacks, and the records of its history. */

/** The numbers that each step of a training measures, by name: its losses, for example. */
export type Measures<M> = { readonly [K in keyof M]: number };

/** The event of onStep: epoch and step, and the measures of the step. */
export type StepEvent<M> = M & {
  /** From 1. */
  readonly epoch: number;
  /** The step within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
};

/**
 * A finished epoch, for onEpoch and the history. `M`: the means over its steps. `More`: what onEpoch gets in addition.
 */
export type EpochEvent<M, More = unknown> = M &
  More & {
    /** From 1. */
    readonly epoch: number;
    /** The time of its steps. */
    readonly seconds: number;
    /** With validation data: the same measures over all of it, in inference mode, after the epoch's last step. */
    readonly validation?: M | undefined;
  };

/** A checkpoint that could not be used because it is damaged or not readable, with the reason. */
export interface SkippedCheckpoint {
  readonly name: string;
  readonly error: unknown;
}

/** Where a resumed training goes on, for onResume. */
export interface ResumeEvent {
  /** The epoch to continue in, from 1. */
  readonly epoch: number;
  /** The number of its steps that are already done. */
  readonly step: number;
  /** The store's name for the checkpoint. Undefined if there was none: the training starts from the beginning. */
  readonly checkpoint: string | undefined;
  /** Newer checkpoints that could not be used. */
  readonly skipped: readonly SkippedCheckpoint[];
}
