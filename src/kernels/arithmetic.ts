/**
 * What the portable bodies compute with. In production every operation is rounded to float32; the gradient checks run the same
 * bodies in float64 with round = identity and the engine's own functions.
 */
import { exp, log, normalQuantile, sigmoid, tanh } from '../core/elementary.ts';

export interface Arithmetic {
  readonly round: (x: number) => number;
  readonly exp: (x: number) => number;
  readonly log: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly sigmoid: (x: number) => number;
  readonly normalQuantile: (p: number) => number;
}

export const FLOAT32: Arithmetic = { round: Math.fround, exp, log, tanh, sigmoid, normalQuantile };
