/** The feature matrices behind test/fixtures/metrics.json, built as metrics.py describes. */
import { type Tensor, tensor } from '../../src/autograd/tensor.ts';
import { type FeaturesCase, readMetrics } from '../support/fixtures.ts';
import { hashedFloats } from '../support/reference.ts';

export const CASES: readonly FeaturesCase[] = readMetrics().features;

/** Both matrices of a case. */
export function featuresOf({ rows, columns, zeros, shift, salts }: FeaturesCase): [Tensor, Tensor] {
  return [features(rows[0], columns, zeros, 0, salts[0]), features(rows[1], columns, zeros, shift, salts[1])];
}

function features(rows: number, columns: number, zeros: number, shift: number, salt: number): Tensor {
  const { fround } = Math;
  const h = hashedFloats(rows * columns, salt);
  const c = hashedFloats(rows, salt + 1, -0.5, 0.5);
  const x = h.map((value, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    const scaled = fround(fround(value + c[i]!) * fround(1 / (1 + j)));
    return fround(j < columns - zeros ? Math.max(0, scaled) : 0) + shift;
  });
  return tensor(x, [rows, columns]);
}
