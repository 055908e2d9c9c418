/**
 * How well generated points cover the real ones, in two figures between 0 and 1: precision, the share of generated
 * points among real ones, and recall, the share of real points among generated ones. On the ring also the modes.
 */
import { type Model, precisionRecall, scope, type Tensor } from '../../../src/index.ts';
import { scoreRing } from '../../ring-gan.ts';

export interface Figures {
  readonly precision: number;
  readonly recall: number;
  /** On the ring: the modes with enough points, of eight. */
  readonly modes: number | undefined;
}

/**
 * @param real - [n, 2]
 * @param generator - from [m, 2] to [m, 2]
 * @param noise - for precision and recall, as many as real points
 * @param modeNoise - on the ring, for the count of the modes
 */
export function measure(real: Tensor, generator: Model, noise: Tensor, modeNoise: Tensor | undefined): Figures {
  return scope(() => {
    const { precision, recall } = precisionRecall(real, generator.predict(noise));
    const modes = modeNoise === undefined ? undefined : scoreRing(generator.predict(modeNoise)).covered;
    return { precision, recall, modes };
  }, 'measure');
}
