/** Checks the arguments of apply(): distinct variables, and for each a gradient of its shape. */
import { checkVariables } from '../autograd/gradients.ts';
import { checkTensor, type Tensor, type Variable } from '../autograd/tensor.ts';
import { isArray } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';

export function checkPairs(variables: readonly Variable[], gradients: readonly Tensor[]): void {
  checkVariables('apply', variables);
  if (!isArray(gradients) || gradients.length !== variables.length) {
    throw new ArgumentError(
      `apply: there must be one gradient for each of the ${variables.length} variables; got ` +
        `${isArray(gradients) ? gradients.length : typeof gradients}`,
    );
  }
  const seen = new Map<unknown, number>();
  variables.forEach((variable, i) => {
    const earlier = seen.get(variable.storage);
    if (earlier !== undefined) {
      throw new ArgumentError(
        `apply: variables must be distinct; variables[${i}] has the values of variables[${earlier}]. Add up the ` +
          'gradients of a variable first.',
      );
    }
    seen.set(variable.storage, i);
    checkTensor('apply', `gradients[${i}]`, gradients[i]);
    if (!sameShape(variable.shape, gradients[i]!.shape)) {
      throw new ShapeError(
        `apply: gradients[${i}] has shape ${formatShape(gradients[i]!.shape)}, its variable ${variable.name} ` +
          `${formatShape(variable.shape)}`,
      );
    }
  });
}
