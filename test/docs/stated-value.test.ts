/** The values that examples state: what is read, and what counts as equal. */
import { describe, expect, it } from 'vitest';
import { difference, parseStated, statesValue } from './stated-value.ts';

const differs = (got: unknown, comment: string): string => difference(got, parseStated(comment).value);

describe('a comment', () => {
  it.each(['[1, 2]', '0.5', '-3', "'grey'", 'true', 'NaN', '-Infinity', '{ a: 1 }', 'shape [2]'])(
    '%s: a value',
    (text) => expect(statesValue(text)).toBe(true),
  );
  it.each(['close to 2', 'images [n, 28, 28, 1]', 'falsehood', 'downloads once'])('%s: prose', (text) =>
    expect(statesValue(text)).toBe(false),
  );
  it.each(['[n, 28]', '[1, 2', '4 images', '{ 1 }', '[1 2]'])('%s: refused', (text) =>
    expect(() => parseStated(text)).toThrow(/cannot read|expected/),
  );
  it('may go on in prose', () => {
    expect(parseStated('[0, 2]: the even ones')).toEqual({ of: 'value', value: [0, 2] });
    expect(parseStated('shape [2, 3], as in NumPy')).toEqual({ of: 'shape', value: [2, 3] });
  });
});

describe('a number', () => {
  it('is exact up to two float32 places: 2^-22 of it', () => {
    expect(differs(Math.fround(0.1), '0.1')).toBe('');
    expect(differs(1 + 2 ** -22, '1')).toBe('');
    expect(differs(1 + 2 ** -21, '1')).toMatch(/^it is 1.0000004/);
    expect(differs(1e-9, '0')).toMatch(/not 0/);
    expect(differs(60000, '60,000')).toBe('');
  });
  it('has the digits before ... as its first ones', () => {
    expect(differs(0.8415, '0.84...')).toBe('');
    expect(differs(-0.8415, '-0.84...')).toBe('');
    expect(differs(0.85, '0.84...')).toMatch(/not 0.84.../);
    expect(differs(0.8399, '0.84...')).toMatch(/not 0.84.../);
    expect(differs(-0.8415, '0.84...')).toMatch(/not 0.84.../);
    expect(differs(1.26e-7, '1.2e-7...')).toBe('');
    expect(differs(1.36e-7, '1.2e-7...')).toMatch(/not 1.2e-7/);
  });
  it('is no other kind of value', () => {
    expect(differs('1', '1')).toMatch(/not 1/);
    expect(differs(Number.NaN, 'NaN')).toBe('');
    expect(differs(0, 'NaN')).toMatch(/it is 0, not NaN/);
    expect(differs(Number.POSITIVE_INFINITY, '-Infinity')).toMatch(/not -Infinity/);
  });
});

it('lists and objects are compared throughout', () => {
  expect(differs([[1, 2]], '[[1, 2]]')).toBe('');
  expect(differs([[1, 3]], '[[1, 2]]')).toBe('it[0][1] is 3, not 2');
  expect(differs([1], '[1, 2]')).toMatch(/it is \[1\]/);
  expect(differs({ a: 1, b: 'x' }, "{ a: 1, b: 'x' }")).toBe('');
  expect(differs({ a: 1 }, '{ a: 1, b: 2 }')).toBe('it has the keys a, not a,b');
  expect(differs({ a: 2 }, '{ a: 1 }')).toBe('it.a is 2, not 1');
  expect(differs(null, '{ a: 1 }')).toMatch(/not an object/);
});
