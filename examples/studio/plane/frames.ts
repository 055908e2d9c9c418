/** Makes the frames that the page draws from the networks between two steps. */
import { type Model, slice, tensor } from '../../../src/index.ts';
import { discriminatorField, discriminatorSlopes, FIELD_SIDE, fieldPlaces, undecidedLogit } from './field.ts';
import { GRID_SIDE, latentGrid } from './grid.ts';
import type { PlaneNetworks } from './plane-gan.ts';
import type { Frame } from './protocol.ts';
import type { PlaneLoss } from './settings.ts';

/** Generated points that get an arrow. */
const SLOPES = 128;

/** The parts of a frame that come from the networks. */
export type Picture = Pick<Frame, 'fake' | 'slopes' | 'field' | 'corners'>;

/** A function that makes pictures; it keeps the places at which the networks are asked. */
export function createFrames(): (
  networks: PlaneNetworks,
  drawing: Model,
  loss: PlaneLoss,
  real: Float32Array,
) => Picture {
  const places = fieldPlaces(FIELD_SIDE);
  const grid = latentGrid(GRID_SIDE);
  return ({ discriminator, noise }, drawing, loss, real) => {
    const fake = drawing.predict(noise);
    const centre = undecidedLogit(loss, discriminator, tensor(real, [real.length / 2, 2]), fake);
    return {
      fake: Float32Array.from(fake.data),
      slopes: discriminatorSlopes(discriminator, slice(fake, [0, 0], [SLOPES, 2])),
      field: discriminatorField(discriminator, places, centre),
      corners: Float32Array.from(drawing.predict(grid).data),
    };
  };
}
