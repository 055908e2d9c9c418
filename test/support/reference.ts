/** The digest of a tensor, and the hashed numbers, as the fixtures' Python scripts compute them. */
import { hashedFloats } from '../../bench/support/hashed-floats.ts';

export { hashedFloats };

/** What gan_steps.json keeps of a tensor; the docblock of test/fixtures/gan_steps.py says why each. */
export interface Digest {
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly maxAbs: number;
  readonly projections: readonly number[];
  readonly values: readonly number[];
}

/** The digest of a tensor's values, summed in float64: compare its fields with those of a fixture. */
export function digest(values: ArrayLike<number>): Digest {
  const size = values.length;
  const directions = [hashedFloats(size, 1), hashedFloats(size, 2)] as const;
  let sum = 0;
  let sumOfSquares = 0;
  let maxAbs = 0;
  const projections = [0, 0] as [number, number];
  for (let i = 0; i < size; i += 1) {
    const value = values[i]!;
    sum += value;
    sumOfSquares += value * value;
    maxAbs = Math.max(maxAbs, Math.abs(value));
    projections[0] += value * directions[0][i]!;
    projections[1] += value * directions[1][i]!;
  }
  const kept = size <= 1024 ? Array.from(values) : sampledIndices(size).map((index) => values[index]!);
  return { sum, sumOfSquares, maxAbs, projections, values: kept };
}

function sampledIndices(size: number): number[] {
  return Array.from({ length: 64 }, (_, k) => Math.floor(((k + 0.5) * size) / 64));
}
