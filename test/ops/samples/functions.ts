import {
  elu,
  gelu,
  hardSigmoid,
  logSigmoid,
  mish,
  prelu,
  relu6,
  selu,
  softsign,
  step,
  swish,
} from '../../../src/ops/activations.ts';
import { erf, expm1, log1p } from '../../../src/ops/exponentials.ts';
import { acosh, asinh, atanh, cosh, sinh } from '../../../src/ops/hyperbolic.ts';
import { pow, reciprocal, rsqrt } from '../../../src/ops/pow.ts';
import { acos, asin, atan, cos, sin, tan } from '../../../src/ops/trigonometry.ts';
import { erf64 } from '../../support/float64.ts';
import { type Nd, nd, ndAwayFrom } from '../../support/nd.ts';
import { type OpCase, UNIT } from '../../support/op-check.ts';
import { binaryCase } from './arithmetic.ts';
import { kinked, positive, real, unaryCase } from './unary.ts';

/** Errors of a few ulp of the argument or of 1, whichever is larger: what cancels near the result 0 is not relative. */
const absolute = (x: number): number => 8 * UNIT * (1 + Math.abs(x));

const sigmoid64 = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus64 = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const elu64 = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x));
const apartFromZero = (x: Nd): Nd => ndAwayFrom([0], 0.05, x);
const upward = (x: Nd): Nd =>
  nd(
    x.shape,
    x.values.map((value) => Math.fround(0.25 + Math.min(Math.abs(value), 8))),
  );
const small = (x: Nd): Nd =>
  nd(
    x.shape,
    x.values.map((value) => Math.max(-5, Math.min(value, 5))),
  );

export const functionCases: readonly OpCase[] = [
  unaryCase('expm1', expm1, Math.expm1, { ...real, extra: [0, -0, 1e-4, -1e-4, 8, -30] }, 'two ulp'),
  unaryCase('log1p', log1p, Math.log1p, { ...positive, low: -0.9, extra: [0, -0, 1e-4, -1e-4, 1000] }, 'four ulp'),
  unaryCase('erf', erf, erf64, { ...real, extra: [0, -0, 1e-3, 4.5, -7] }, 'two ulp'),
  unaryCase('sin', sin, Math.sin, { ...real, low: -30, high: 30 }, 'two ulp'),
  unaryCase('cos', cos, Math.cos, { ...real, low: -30, high: 30 }, 'two ulp'),
  unaryCase('tan', tan, Math.tan, { low: -1.4, high: 1.4, extra: [0, -0, 4, -7] }, 'four ulp'),
  unaryCase('asin', asin, Math.asin, { low: -0.9, high: 0.9, extra: [0, -0, 1e-3, 0.98, -0.98] }, 'four ulp'),
  unaryCase('acos', acos, Math.acos, { low: -0.9, high: 0.9, extra: [0, -0, 1e-3, 0.98, -0.98] }, 'four ulp'),
  unaryCase('atan', atan, Math.atan, { ...real, extra: [0, -0, 1, -1, 1e-3, 1000] }, 'two ulp'),
  unaryCase('sinh', sinh, Math.sinh, { ...real, extra: [0, -0, 1e-3, 0.99, 1.01, -10, 60] }, 'four ulp'),
  unaryCase('cosh', cosh, Math.cosh, { ...real, extra: [0, -0, 1e-3, 0.99, 1.01, -10, 60] }, 'four ulp'),
  unaryCase('asinh', asinh, Math.asinh, { ...real, extra: [0, -0, 1e-3, -1e10, 1e20] }, 'four ulp'),
  unaryCase('acosh', acosh, Math.acosh, { low: 1.1, high: 4, extra: [1.0625, 30, 1e10] }, 'four ulp'),
  unaryCase('atanh', atanh, Math.atanh, { low: -0.9, high: 0.9, extra: [0, -0, 1e-3, 0.98] }, 'four ulp'),
  unaryCase('reciprocal', reciprocal, (x) => 1 / x, positive),
  unaryCase('rsqrt', rsqrt, (x) => 1 / Math.sqrt(x), positive, 'two ulp'),
  ...[0, 1, 2, -2, 0.5].map((exponent) =>
    unaryCase(
      `pow with exponent ${exponent}`,
      (x) => pow(x, exponent),
      (x) => x ** exponent,
      positive,
      'two ulp',
    ),
  ),
  ...[-0.5, 3, 4, 5, 2.5, -1.7].map((exponent) =>
    unaryCase(
      `pow with exponent ${exponent}`,
      (x) => pow(x, exponent),
      (x) => x ** exponent,
      { ...positive, extra: [0.1, 1, 5] },
      'two ulp',
    ),
  ),
  binaryCase('pow', pow, (a, b) => a ** b, small, upward, 'two ulp'),
  unaryCase('elu', elu, (x) => elu64(x, 1), kinked, 'two ulp'),
  unaryCase(
    'elu with alpha 0.5',
    (x) => elu(x, 0.5),
    (x) => elu64(x, 0.5),
    kinked,
    'two ulp',
  ),
  unaryCase('selu', selu, (x) => 1.0507009873554805 * elu64(x, 1.6732632423543772), kinked, 'four ulp'),
  unaryCase('gelu', gelu, (x) => 0.5 * x * (1 + erf64(x / Math.SQRT2)), real, absolute),
  unaryCase(
    'gelu approximate',
    (x) => gelu(x, true),
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    real,
    absolute,
  ),
  unaryCase('swish', swish, (x) => x * sigmoid64(x), real, 'four ulp'),
  unaryCase('mish', mish, (x) => x * Math.tanh(softplus64(x)), real, absolute),
  unaryCase('softsign', softsign, (x) => x / (1 + Math.abs(x)), kinked, 'two ulp'),
  unaryCase('logSigmoid', logSigmoid, (x) => -softplus64(-x), real, 'four ulp'),
  unaryCase('relu6', relu6, (x) => Math.min(Math.max(x, 0), 6), { low: -2, high: 9, kinks: [0, 6], extra: [50, -50] }),
  unaryCase(
    'hardSigmoid',
    hardSigmoid,
    (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
    { low: -5, high: 5, kinks: [-3, 3], extra: [0, 50, -50] },
    absolute,
  ),
  binaryCase(
    'prelu',
    prelu,
    (x, alpha) => (x > 0 ? x : alpha * x),
    (b) => b,
    apartFromZero,
  ),
  unaryCase('step', step, (x) => (x > 0 ? 1 : 0), kinked),
];
