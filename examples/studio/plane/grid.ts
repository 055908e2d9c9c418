/**
 * The generator's grid: a regular grid of its latent plane, mapped to the plane of the points. The lines of the latent
 * grid are at quantiles of the normal distribution, so that each cell holds the same share of the noise. cells.ts has
 * the cells.
 */
import { add, erf, mul, type Tensor, tensor } from '../../../src/index.ts';

/** Cells of a row and of a column. */
export const GRID_SIDE = 24;

/** The outermost lines, instead of those at infinity. */
const FIRST_QUANTILE = 0.004;

/** The corners of side x side latent cells, row by row: [(side + 1)^2, 2]. */
export function latentGrid(side: number): Tensor {
  const shares = Array.from({ length: side + 1 }, (_, i) => {
    return Math.min(Math.max(i / side, FIRST_QUANTILE), 1 - FIRST_QUANTILE);
  });
  const lines = normalQuantiles(Float32Array.from(shares));
  const corners = side + 1;
  const values = Float32Array.from({ length: corners * corners * 2 }, (_, i) => {
    const corner = i >> 1;
    return lines[i % 2 === 0 ? corner % corners : Math.floor(corner / corners)]!;
  });
  return tensor(values, [corners * corners, 2]);
}

/** Below it lies so small a share that no quantile here is beyond. */
const FARTHEST = 6;
/** Halvings of the interval, until it is narrower than the resolution of a float32. */
const HALVINGS = 30;

/** z with P(Z < z) = share, for standard normal Z, by bisection of (1 + erf(z / sqrt 2)) / 2. */
export function normalQuantiles(shares: Float32Array): Float32Array {
  const low = new Float32Array(shares.length).fill(-FARTHEST);
  const high = new Float32Array(shares.length).fill(FARTHEST);
  for (let turn = 0; turn < HALVINGS; turn++) {
    const middle = low.map((z, i) => (z + high[i]!) / 2);
    const below = mul(0.5, add(1, erf(mul(tensor(middle), Math.SQRT1_2)))).data;
    for (let i = 0; i < shares.length; i++) {
      if (below[i]! < shares[i]!) low[i] = middle[i]!;
      else high[i] = middle[i]!;
    }
  }
  return low;
}
