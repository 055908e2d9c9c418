/** Wrong calls of the optimizers and of defineOptimizer(). */
import { ArgumentError as Argument } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import { revoked } from './hostile-values.ts';
import type { Calls, WrongCall } from './wrong-call.ts';

const REVOKED = revoked({});

/** What the schema of an optimizer does not say. */
const oneClipping = (name: string): WrongCall[] => [
  [
    Argument,
    [{ clipNorm: 1, globalClipNorm: 1 }],
    new RegExp(`^${name}: at most one of .* got clipNorm and globalClipNorm`),
  ],
];

export const OPTIMIZER_CALLS: Calls<typeof ganvas> = {
  adam: oneClipping('adam'),
  adamW: oneClipping('adamW'),
  sgd: oneClipping('sgd'),
  rmsprop: oneClipping('rmsprop'),
  defineOptimizer: [
    [Argument, [undefined], /^options must be a plain object; got null/],
    [Argument, [{ name: 3, update: () => true }], /^name must be a string; got 3/],
    [
      Argument,
      [{ name: 'x', slots: new Array(2 ** 32 - 1), update: () => true }],
      /^slots must be a list of names; got \[/,
    ],
    [Argument, [{ name: 'x', settings: REVOKED, update: () => true }], /^settings must be a plain object; got/],
    [
      Argument,
      [{ name: 'x', settings: { rho: null }, update: () => true }],
      /^settings.rho must be a string, a number or a boolean; got null/,
    ],
    [Argument, [{ name: 'x' }], /^update must be a function; got undefined/],
    [Argument, [{ name: 'x', slots: 'm', update: () => true }], /^slots must be a list of names; got "m"/],
    [Argument, [{ name: 'x', slots: [1], update: () => true }], /^slots must be a list of names; got \[1\]/],
    [Argument, [{ name: 'x', slot: [], update: () => true }], /^unknown option "slot". Did you mean slots\?/],
    [Argument, [{ name: 'x', update: () => true }, { rate: 1 }], /^x: unknown option "rate"/],
  ],
};
