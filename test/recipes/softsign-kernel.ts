/** A kernel by the recipe of examples/guides/contributing.md: softsign and its gradient. */
import { type GradientKernel, gradient, type UnaryKernel, unary } from '../../src/kernels/elementwise.ts';
import { f32x4 } from '../../src/wasm/index.ts';

/** out = x / (1 + |x|) */
export const softsign: UnaryKernel = /*#__PURE__*/ unary('softsign', {
  portable:
    ({ round }) =>
    (x) =>
      x / round(1 + Math.abs(x)),
  simd: (_, x) => f32x4.div(x, f32x4.add(f32x4.abs(x), 1)),
  cost: 3,
});

/** dx = dy / (1 + |x|)^2 */
export const softsignBackward: GradientKernel = /*#__PURE__*/ gradient('softsignBackward', {
  portable:
    ({ round }) =>
    (dy, x) => {
      const scale = round(1 + Math.abs(x));
      return dy / round(scale * scale);
    },
  simd: (f, dy, x) => {
    const scale = f.let(f32x4.add(f32x4.abs(x), 1));
    return f32x4.div(dy, f32x4.mul(scale, scale));
  },
  cost: 4,
});
