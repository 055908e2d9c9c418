/**
 * where: y = condition ? a : b, with NumPy's broadcasting of all three; da = condition ? dy : 0, db = condition ? 0 :
 * dy. Each gradient is summed over the axes along which its operand was repeated. A number that is not chosen has no
 * effect, not even NaN.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor, toTensor } from '../autograd/tensor.ts';
import { broadcastShapes } from '../core/shape.ts';
import { select } from '../kernels/library/piecewise.ts';
import { logicalNot } from './comparison.ts';
import { sumTo } from './internal/broadcasting.ts';
import { masked } from './internal/masked.ts';
import { stretched } from './internal/strided.ts';

/**
 * Chooses from a where the condition is true, and from b where it is false. 0 is false; any other number, NaN
 * included, is true.
 *
 * @throws ArgumentError if the condition is no tensor; ShapeError if the shapes do not broadcast.
 * @example
 * const x = tensor([-1, 2]);
 * where(greater(x, 0), x, mul(0.1, x)); // [-0.1, 2]
 */
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  checkTensor('where', 'condition', condition);
  const x = toTensor('where', 'a', a);
  const z = toTensor('where', 'b', b);
  const y = new Tensor(broadcastShapes('where', condition.shape, broadcastShapes('where', x.shape, z.shape)));
  const [c, p, q] = [condition, x, z].map((operand) => stretched(operand, y.shape)) as [Tensor, Tensor, Tensor];
  select.run(y.address, c.address, p.address, q.address, y.size);
  return record(
    'where',
    y,
    [condition, x, z],
    ['zero', (dy) => sumTo(masked(dy, condition), x.shape), (dy) => sumTo(masked(dy, logicalNot(condition)), z.shape)],
  );
}
