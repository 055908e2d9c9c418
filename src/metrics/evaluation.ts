/**
 * The result of an evaluation and its protocol, as plain objects that can be written as JSON. Results of two
 * evaluations are comparable only if their protocols are equal.
 */
import type { ClassHistogram } from './class-histogram.ts';
import type { KernelDistance } from './kernel-distance.ts';
import type { PrecisionRecall } from './precision-recall.ts';

/** All metrics of one set of images. */
export interface ImageMetrics {
  /** Number of images. */
  readonly count: number;
  readonly frechetDistance: number;
  readonly kernelDistance: KernelDistance;
  readonly precisionRecall: PrecisionRecall;
  /** Absent if the evaluator has no `logits`. */
  readonly classes?: ClassHistogram | undefined;
  readonly nearest: NearestSummary;
  readonly sharpness: number;
}

/** How near the images come to the training images. */
export interface NearestSummary {
  /** Mean distance to the nearest training image. Pixels are from -1 to 1. */
  readonly mean: number;
  /** The smallest of these distances. */
  readonly smallest: number;
  /** How many images were compared; the first ones of the set. */
  readonly count: number;
}

/** What was compared with what, so that figures can be compared at all. */
export interface EvaluationProtocol {
  /** Describes the features. */
  readonly features: string;
  readonly featureCount: number;
  /** Describes the real and the training images. */
  readonly data: string;
  readonly realCount: number;
  readonly trainingCount: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly kernelSubsets: number;
  readonly kernelSubsetSize: number;
  readonly neighbours: number;
  readonly nearestCount: number;
}

/** The metrics of one set of images. */
export interface EvaluationRow {
  readonly name: string;
  readonly metrics: ImageMetrics;
}

/** The metrics of several sets of images, and how they were computed. */
export interface Evaluation {
  readonly protocol: EvaluationProtocol;
  /** The anchors 'real' and 'noise' come first. */
  readonly rows: readonly EvaluationRow[];
}
