/**
 * The discriminator's field: at each cell of a grid over the plane, the probability that a point there is real, and the
 * direction in which the discriminator would move generated points.
 *   p(x) = 1 / (1 + exp(-(D(x) - centre)))
 * Cross-entropy and hinge loss give the logit 0 a meaning, "undecided". The relativistic and the Wasserstein loss know
 * differences of logits only; there the centre is half way between the mean logits of real and of generated points.
 */
import {
  gradients,
  type Model,
  mean,
  scope,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tensor,
  watch,
} from '../../../src/index.ts';
import type { PlaneLoss } from './settings.ts';
import { xOf, yOf } from './view.ts';

/** Cells of a row and of a column. */
export const FIELD_SIDE = 48;

/** The middles of the cells, row by row from the top: [side^2, 2]. */
export function fieldPlaces(side: number): Tensor {
  const values = Float32Array.from({ length: side * side * 2 }, (_, i) => {
    const cell = i >> 1;
    return i % 2 === 0 ? xOf((cell % side) + 0.5, side) : yOf(Math.floor(cell / side) + 0.5, side);
  });
  return tensor(values, [side * side, 2]);
}

/** The logit at which the discriminator is undecided. */
export function undecidedLogit(loss: PlaneLoss, discriminator: Model, real: Tensor, fake: Tensor): number {
  if (loss === 'nonSaturating' || loss === 'hinge') return 0;
  return scope(() => {
    const meanLogit = (points: Tensor): number => mean(discriminator.predict(points)).item();
    return (meanLogit(real) + meanLogit(fake)) / 2;
  }, 'undecidedLogit');
}

/** Probabilities at places [n, 2], from 0 as byte 0 to 1 as byte 255. */
export function discriminatorField(discriminator: Model, places: Tensor, centre: number): Uint8Array<ArrayBuffer> {
  return scope(() => {
    const probabilities = sigmoid(sub(discriminator.predict(places), centre)).data;
    return Uint8Array.from(probabilities, (p) => Math.round(255 * p));
  }, 'discriminatorField');
}

/** The gradient of the logit at points [n, 2], where it grows fastest: x and y of each in turn. */
export function discriminatorSlopes(discriminator: Model, points: Tensor): Float32Array<ArrayBuffer> {
  return scope(() => {
    const tracked = watch(points);
    const [slopes] = gradients(sum(discriminator.call(tracked)), [tracked]);
    return Float32Array.from(slopes!.data);
  }, 'discriminatorSlopes');
}
