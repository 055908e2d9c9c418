/** Arithmetic, maximum and minimum, and comparisons, which give 1 or 0; all with broadcasting. */
import { f32x4, v128 } from '../../wasm/index.ts';
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

/** out = max(a, b); NaN if one is, and 0 for 0 and -0 */
export const maximum: BinaryKernel = /*#__PURE__*/ binary('maximum', {
  rare: true,
  portable: Math.max,
  simd: (a, b) => f32x4.max(a, b),
});

/** out = min(a, b); NaN if one is, and -0 for 0 and -0 */
export const minimum: BinaryKernel = /*#__PURE__*/ binary('minimum', {
  rare: true,
  portable: Math.min,
  simd: (a, b) => f32x4.min(a, b),
});

/** out = a = b ? 1 : 0; 0 if one is NaN */
export const equal: BinaryKernel = /*#__PURE__*/ binary('equal', {
  rare: true,
  portable: (a, b) => (a === b ? 1 : 0),
  simd: (a, b) => v128.and(f32x4.eq(a, b), f32x4.const(1)),
});

/** out = a < b ? 1 : 0; 0 if one is NaN */
export const less: BinaryKernel = /*#__PURE__*/ binary('less', {
  rare: true,
  portable: (a, b) => (a < b ? 1 : 0),
  simd: (a, b) => v128.and(f32x4.lt(a, b), f32x4.const(1)),
});

/** out = a <= b ? 1 : 0; 0 if one is NaN */
export const lessEqual: BinaryKernel = /*#__PURE__*/ binary('lessEqual', {
  rare: true,
  portable: (a, b) => (a <= b ? 1 : 0),
  simd: (a, b) => v128.and(f32x4.le(a, b), f32x4.const(1)),
});

/** out = b != 0 ? a : 0, where NaN is not 0 */
export const masked: BinaryKernel = /*#__PURE__*/ binary('masked', {
  rare: true,
  portable: (a, b) => (b !== 0 ? a : 0),
  simd: (a, b) => v128.and(a, f32x4.ne(b, 0)),
});
