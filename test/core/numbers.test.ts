/** Lists of numbers that users pass: which are accepted, and that a wrong list of any length is refused at once. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/core/errors.ts';
import { checkList, isNumberArray } from '../../src/core/numbers.ts';
import { concat, dataset, gradients, scope, sequential, sum, tensor, transpose, zeros } from '../../src/index.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

/** A typed array whose memory was transferred. */
function detached<T extends Uint8Array | Int32Array>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

describe('isNumberArray', () => {
  it.each([Int8Array, Uint8ClampedArray, Uint16Array, Int32Array, Float64Array, Float32Array])('takes a %o', (Kind) => {
    expect(isNumberArray('f', 'x', new Kind(2))).toBe(true);
    expect(isNumberArray('f', 'x', new Kind(0))).toBe(true);
  });

  it.each([[new BigInt64Array(1)], [new BigUint64Array(1)], [new DataView(new ArrayBuffer(8))], [[1]], [null], [{}]])(
    'does not take %o',
    (value) => expect(isNumberArray('f', 'x', value)).toBe(false),
  );

  it('refuses one without memory', () => {
    expect(thrownBy(ArgumentError, () => isNumberArray('f', 'x', detached(new Uint8Array(3)))).message).toBe(
      'f: x has lost its memory: its buffer was transferred or made smaller. Pass a copy, or call this first.',
    );
  });
});

describe('checkList', () => {
  it('takes what has a length', () => {
    for (const list of [[1, 2], Int32Array.of(1, 2), { length: 2, 0: 1, 1: 2 }, []]) {
      expect(checkList('f', 'x', list, 'a list')).toBe(list);
    }
  });

  it.each([null, 5, 'ab', {}, { length: -1 }, { length: 1.5 }, { length: 2 ** 53 }, { length: '2' }, new Set([1])])(
    'refuses %o',
    (value) => {
      expect(thrownBy(ArgumentError, () => checkList('f', 'x', value, 'a list')).message).toMatch(
        /^f: x must be a list; got /,
      );
    },
  );
});

describe('a wrong list of any length', () => {
  const images = dataset(Uint8Array.of(1, 2, 3, 4), [4, 1]);
  const x = tensor([[1, 2]]);
  const holes = wrong<never[]>(new Array(2 ** 32 - 1));
  const calls: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['gather', () => images.gather({ length: 2 ** 27 }), /gather: indices\[0\] must be .* got undefined/],
    ['gather of holes', () => images.gather(holes), /gather: indices\[0\] must be .* got undefined/],
    ['gather of a bigint', () => images.gather(wrong([1n])), /gather: indices\[0\] must be .* got 1n/],
    ['gather without memory', () => images.gather(detached(Int32Array.of(1))), /gather: indices has lost its memory/],
    ['transpose', () => transpose(x, holes), /transpose: permutation must name each of the 2 axes once/],
    ['sum', () => sum(x, holes), /sum: axis must be at most 2 axes/],
    ['concat', () => concat(holes), /concat: tensors\[0\] must be a Tensor; got undefined/],
    ['concat behind a tensor', () => concat(Object.assign([x], { length: 2 ** 31 })), /concat: tensors\[1\] must be/],
    ['gradients', () => gradients(sum(x), holes), /gradients: tensors must be a list of tensors/],
    ['sequential', () => sequential(holes), /sequential: layers must be a list of at least one layer/],
    ['zeros', () => zeros(holes), /zeros: shape/],
    ['a tensor', () => tensor(holes), /tensor: values must be/],
  ];
  it.each(calls)('%s: refused within a tenth of a second', (_, call, message) => {
    const start = performance.now();
    expect(thrownBy(ArgumentError, call).message).toMatch(message);
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('scope', () => {
  it('finds tensors in a list that is 100,000 deep, and in one with 2^32 holes', () => {
    const kept = scope(() => {
      let chain: unknown = tensor([7]);
      for (let depth = 0; depth < 100_000; depth++) chain = depth % 2 === 0 ? [chain] : { next: chain };
      const sparse: unknown[] = new Array(2 ** 32 - 1);
      sparse[5] = tensor([8]);
      return { chain, sparse };
    });
    let inside = kept.chain;
    while (typeof inside === 'object' && inside !== null && !('data' in inside)) {
      inside = Array.isArray(inside) ? inside[0] : Object.values(inside)[0];
    }
    expect(inside).toMatchObject({ data: Float32Array.of(7) });
    expect(kept.sparse[5]).toMatchObject({ data: Float32Array.of(8) });
  });
});
