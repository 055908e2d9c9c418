/** The four arithmetic operations, with broadcasting. */
import { f32x4 } from '../../wasm/index.ts';
import { type BinaryKernel, binary } from '../elementwise.ts';

/** out = a + b */
export const add: BinaryKernel = /*#__PURE__*/ binary('add', {
  portable: (a, b) => a + b,
  simd: (a, b) => f32x4.add(a, b),
});

/** out = a - b */
export const sub: BinaryKernel = /*#__PURE__*/ binary('sub', {
  portable: (a, b) => a - b,
  simd: (a, b) => f32x4.sub(a, b),
});

/** out = a b */
export const mul: BinaryKernel = /*#__PURE__*/ binary('mul', {
  portable: (a, b) => a * b,
  simd: (a, b) => f32x4.mul(a, b),
});

/** out = a / b */
export const div: BinaryKernel = /*#__PURE__*/ binary('div', {
  portable: (a, b) => a / b,
  simd: (a, b) => f32x4.div(a, b),
});
