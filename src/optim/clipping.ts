/**
 * Gradient clipping. g is the gradient of a variable, |g| its Euclidean norm, and |G| the norm of all gradients of a
 * step together:
 *   clipValue       g = min(max(g, -limit), limit), element by element
 *   clipNorm        g = g limit / |g| if |g| is above the limit, for each variable separately
 *   globalClipNorm  g = g limit / |G| if |G| is above the limit, for all variables
 * Norms are summed in float64, so that no square overflows, and in four lanes for speed. If a norm is not finite, the
 * gradients stay as they are: the bad gradient then reaches its weight, where the training detects it.
 * Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
 */
import type { Tensor } from '../autograd/tensor.ts';
import { mul } from '../ops/arithmetic.ts';
import { clip } from '../ops/clip.ts';

/** At most one of the three is given. */
export interface Clipping {
  readonly clipNorm?: number | undefined;
  readonly clipValue?: number | undefined;
  readonly globalClipNorm?: number | undefined;
}

/** Clips the gradients. A gradient whose norm is within the limit is returned as the same tensor. */
export function clipGradients(gradients: readonly Tensor[], clipping: Clipping): readonly Tensor[] {
  const { clipNorm, clipValue, globalClipNorm } = clipping;
  if (clipValue !== undefined) return gradients.map((gradient) => clip(gradient, -clipValue, clipValue));
  if (clipNorm !== undefined) {
    return gradients.map((gradient) => limitNorm(gradient, Math.sqrt(sumOfSquares(gradient)), clipNorm));
  }
  if (globalClipNorm === undefined) return gradients;
  const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + sumOfSquares(gradient), 0));
  return gradients.map((gradient) => limitNorm(gradient, norm, globalClipNorm));
}

function limitNorm(gradient: Tensor, norm: number, limit: number): Tensor {
  return norm > limit && norm < Infinity ? mul(gradient, limit / norm) : gradient;
}

function sumOfSquares({ storage }: Tensor): number {
  const data = storage.view();
  const whole = data.length - (data.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += data[i]! * data[i]!;
    b += data[i + 1]! * data[i + 1]!;
    c += data[i + 2]! * data[i + 2]!;
    d += data[i + 3]! * data[i + 3]!;
  }
  for (let i = whole; i < data.length; i++) a += data[i]! * data[i]!;
  return a + b + (c + d);
}
