import { describe, expect, it } from 'vitest';
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  didYouMean,
  hasMethods,
  isInstance,
  nearestWord,
  describe as picture,
  type Range,
} from '../../src/core/check.ts';
import {
  ArgumentError,
  DivergenceError,
  FormatError,
  GanvasError,
  RuntimeError,
  ShapeError,
} from '../../src/core/errors.ts';

describe('errors', () => {
  it.each([ArgumentError, ShapeError, FormatError, RuntimeError, DivergenceError])(
    '%o is a GanvasError with its own name',
    (Kind) => {
      const error = new Kind('what happened');
      expect(error).toBeInstanceOf(GanvasError);
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(Kind.name);
      expect(String(error)).toBe(`${Kind.name}: what happened`);
    },
  );

  it('a FormatError tells where', () => {
    expect(new FormatError('bad magic', 4).message).toBe('bad magic (at byte 4)');
    expect(new FormatError('bad magic', 4).offset).toBe(4);
    expect(new FormatError('bad magic').offset).toBeUndefined();
    const cause = new Error('below');
    expect(new FormatError('bad', 0, { cause }).cause).toBe(cause);
  });
});

describe('describe', () => {
  it.each([
    ['short', '"short"'],
    ['x'.repeat(100), `"${'x'.repeat(57)}..."`],
    [1.5, '1.5'],
    [NaN, 'NaN'],
    [7n, '7n'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a', [2]], '[1, "a", [...]]'],
    [Array.from({ length: 20 }, (_, i) => i), '[0, 1, 2, 3, 4, 5, 6, 7, ... 20 in all]'],
    [{ a: 1, b: 2 }, '{ a, b }'],
    [new Map(), 'a Map'],
    [new Float32Array(3), 'a Float32Array'],
    [Object.create(null), '{  }'],
    [function named(): void {}, 'function named'],
    [
      (
        () => () =>
          undefined
      )(),
      'function (anonymous)',
    ],
  ])('%o', (value, expected) => {
    expect(picture(value)).toBe(expected);
  });

  it('ends on a list that holds itself', () => {
    const list: unknown[] = [1];
    list.push(list);
    expect(picture(list)).toBe('[1, [...]]');
  });
});

const message = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was thrown');
};

describe('checkNumber', () => {
  it('passes finite numbers in range, ends included', () => {
    expect(checkNumber('f', 'x', -1.5)).toBe(-1.5);
    expect(checkNumber('f', 'x', 0, { from: 0, to: 1 })).toBe(0);
    expect(checkNumber('f', 'x', 1, { from: 0, to: 1 })).toBe(1);
  });

  it.each([NaN, Infinity, -Infinity, '1', undefined, null, 1n, {}])('refuses %o', (value) => {
    expect(message(() => checkNumber('f', 'x', value))).toMatch(/^f: x must be a finite number; got /);
  });

  it('names the range', () => {
    const refused = (value: number, range: Range): string => message(() => checkNumber('f', 'x', value, range));
    expect(refused(-1, { from: 0 })).toBe('f: x must be a finite number of at least 0; got -1');
    expect(refused(2, { from: 0, to: 1 })).toBe('f: x must be a finite number from 0 to 1; got 2');
    expect(refused(2, { to: 1 })).toBe('f: x must be a finite number of at most 1; got 2');
  });

  it('leaves out the ends of half-open ranges', () => {
    const refused = (value: number, range: Range): string => message(() => checkNumber('f', 'x', value, range));
    expect(refused(1, { from: 0, below: 1 })).toBe('f: x must be a finite number from 0 to below 1; got 1');
    expect(refused(0, { above: 0 })).toBe('f: x must be a finite number above 0; got 0');
    expect(refused(0, { above: 0, to: 1 })).toBe('f: x must be a finite number above 0 to 1; got 0');
    expect(refused(1, { below: 1 })).toBe('f: x must be a finite number below 1; got 1');
    for (const inside of [0, 0.5, 1 - 2 ** -53])
      expect(checkNumber('f', 'x', inside, { from: 0, below: 1 })).toBe(inside);
  });
});

describe('checkInteger', () => {
  it('passes whole numbers in range', () => {
    expect(checkInteger('f', 'n', 3, 3, 3)).toBe(3);
    expect(checkInteger('f', 'n', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([1.5, 2 ** 53, NaN, Infinity, '3', null, [3]])('refuses %o', (value) => {
    expect(message(() => checkInteger('f', 'n', value))).toMatch(/^f: n must be a whole number; got /);
  });

  it('names the range', () => {
    expect(message(() => checkInteger('f', 'n', 0, 1))).toBe('f: n must be a whole number of at least 1; got 0');
    expect(message(() => checkInteger('f', 'n', 9, 1, 8))).toBe('f: n must be a whole number from 1 to 8; got 9');
  });
});

describe('checkBoolean, checkFunction, checkChoice', () => {
  it('pass what is right', () => {
    expect(checkBoolean('f', 'b', false)).toBe(false);
    checkFunction('f', 'g', () => 1);
    expect(checkChoice('f', 'kind', 'simd', ['auto', 'simd'])).toBe('simd');
  });

  it('refuse what is not', () => {
    expect(message(() => checkBoolean('f', 'b', 1))).toBe('f: b must be true or false; got 1');
    expect(message(() => checkFunction('f', 'g', {}))).toBe('f: g must be a function; got {  }');
    expect(message(() => checkChoice('f', 'kind', 'simt', ['auto', 'simd']))).toBe(
      `f: kind must be one of 'auto', 'simd'; got "simt". Did you mean simd?`,
    );
    expect(message(() => checkChoice('f', 'kind', 7, ['auto', 'simd']))).toBe(
      `f: kind must be one of 'auto', 'simd'; got 7`,
    );
  });
});

describe('checkOptions', () => {
  it('passes known options and their absence', () => {
    checkOptions('f', undefined, ['a']);
    checkOptions('f', {}, ['a']);
    checkOptions('f', { a: undefined }, ['a']);
  });

  it('answers a misspelling with the nearest name', () => {
    expect(message(() => checkOptions('adam', { learingRate: 1 }, ['learningRate', 'beta1']))).toBe(
      'adam: unknown option "learingRate". Did you mean learningRate? Known options: learningRate, beta1.',
    );
    expect(message(() => checkOptions('f', { wholly: 1 }, ['axis']))).toBe(
      'f: unknown option "wholly". Known options: axis.',
    );
    expect(message(() => checkOptions('f', { a: 1 }, []))).toBe('f: unknown option "a". It takes none.');
  });

  it.each([null, 5, 'axis', [1]])('refuses %o for an options object', (value) => {
    expect(message(() => checkOptions('f', value, ['axis']))).toMatch(/^f: options must be a plain object; got /);
  });
});

describe('nearestWord, didYouMean', () => {
  it('find slips: a letter missing, added, wrong, swapped, another case', () => {
    const names = ['learningRate', 'batchSize', 'epochs'];
    for (const slip of ['learnigRate', 'learningRatee', 'laerningRate', 'LEARNINGRATE', 'learning_rate']) {
      expect(nearestWord(slip, names), slip).toBe('learningRate');
    }
    expect(didYouMean('epoch', names)).toBe('Did you mean epochs?');
  });

  it('stay silent when nothing is near, or the word is absurdly long', () => {
    expect(didYouMean('momentum', ['learningRate', 'batchSize'])).toBe('');
    expect(didYouMean('x'.repeat(100_000), ['learningRate'])).toBe('');
    expect(didYouMean('a', [])).toBe('');
    // Two edits are within the bound for any word, but here they are all of it.
    expect(nearestWord('ab', ['xy'])).toBeUndefined();
    expect(nearestWord('ab', ['ay'])).toBe('ay');
  });
});

it('isInstance() is false for a revoked proxy, where instanceof throws a TypeError', () => {
  const { proxy, revoke } = Proxy.revocable(new Map(), {});
  expect(isInstance(proxy, Map)).toBe(true);
  revoke();
  expect(isInstance(proxy, Map)).toBe(false);
});

it('hasMethods() accepts objects with all of the methods, and neither functions nor what has no properties', () => {
  const methods = { save() {}, list() {} };
  expect(hasMethods(methods, ['save', 'list'])).toBe(true);
  expect(hasMethods({ save() {} }, ['save', 'list'])).toBe(false);
  for (const value of [Object.assign(() => {}, methods), null, undefined, 'save']) {
    expect(hasMethods(value, ['save', 'list']), String(value)).toBe(false);
  }
});
