/** A random generator whose uniform draws are prepared, in order. Anything else is an error. */
import { type Random, type Shape, tensor } from '../../src/index.ts';

export function preparedDraws(draws: readonly (readonly number[])[]): Random {
  const rest = [...draws];
  const refuse = (): never => {
    throw new Error('only uniform() is prepared');
  };
  return {
    normal: refuse,
    permutation: refuse,
    state: refuse,
    uniform(shape: Shape, low = 0, high = 1) {
      const values = rest.shift() ?? refuse();
      if (values.some((value) => value < low || value > high)) throw new Error(`a draw outside [${low}, ${high}]`);
      return tensor([...values], shape);
    },
  };
}
