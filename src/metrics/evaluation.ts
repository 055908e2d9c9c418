/**
 * What an evaluation finds, and how it was made: plain objects, fit for JSON. Numbers of two evaluations may be compared only if their protocols
 * are equal.
 */
import type { ClassHistogram } from './class-histogram.ts';
import type { KernelDistance } from './kernel-distance.ts';
import type { PrecisionRecall } from './precision-recall.ts';

export interface ImageMetrics {
  /** How many images were judged. */
  readonly count: number;
  readonly frechetDistance: number;
  readonly kernelDistance: KernelDistance;
  readonly precisionRecall: PrecisionRecall;
  readonly classes: ClassHistogram;
  readonly nearest: NearestSummary;
  readonly sharpness: number;
}

export interface NearestSummary {
  /** Mean distance to the nearest training image, pixels from -1 to 1. */
  readonly mean: number;
  /** The smallest. */
  readonly smallest: number;
  /** Over how many images, the first ones. */
  readonly count: number;
}

export interface EvaluationProtocol {
  /** What the features are. */
  readonly features: string;
  readonly featureCount: number;
  /** What the real and the training images are. */
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

export interface EvaluationRow {
  readonly name: string;
  readonly metrics: ImageMetrics;
}

export interface Evaluation {
  readonly protocol: EvaluationProtocol;
  /** The anchors 'real' and 'noise' first. */
  readonly rows: readonly EvaluationRow[];
}
