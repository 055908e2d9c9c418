/**
 * An operation without a kernel of its own, by the recipe of examples/guides/contributing.md: defineOp() and
 * checkGradients().
 */
import { abs, defineOp, div, exp, log, mul, sign, square, type Tensor } from '../../src/index.ts';

/**
 * y = x^(1/3), of negative numbers too; dx = dy / (3 y^2). The gradient of forward is longer: it passes through log and
 * exp.
 */
export const cubeRoot: (x: Tensor) => Tensor = defineOp('cubeRoot', {
  forward: (x) => mul(sign(x), exp(div(log(abs(x)), 3))),
  pullbacks: [(dy, { output }) => div(dy, mul(3, square(output)))],
});
