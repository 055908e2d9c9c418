import { type Tensor, tensor } from '../../src/index.ts';
import type { HashedTensor } from '../support/fixtures.ts';
import { hashedFloats } from '../support/reference.ts';

/** The tensor that a fixture names by its salt. */
export function hashedTensor({ shape, salt, low, high }: HashedTensor): Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  return tensor(hashedFloats(size, salt, low, high), shape);
}
