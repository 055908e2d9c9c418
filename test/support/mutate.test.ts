import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.ts';
import { damagedFile, type FuzzTarget, fuzz, fuzzCase } from './mutate.ts';

/** A format with one rule: the sum of the bytes is 6. */
function target(parse: (bytes: Uint8Array) => number): FuzzTarget<number> {
  const verify = (sum: number): void => {
    if (sum !== 6) throw new RangeError('the promise is broken');
  };
  return { name: 'sum', corpus: [Uint8Array.of(1, 2, 3), Uint8Array.of(6)], parse, verify, mutators: [] };
}

function sumOrRefuse(bytes: Uint8Array): number {
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  if (sum !== 6) throw new FormatError(`"x" sums to ${sum}`, 0);
  return sum;
}

describe('the mutation driver', () => {
  it('counts outcomes and kinds of errors', () => {
    const report = fuzz(target(sumOrRefuse), 500, 1);
    expect(report.accepted + report.rejected).toBe(500);
    expect(report.accepted).toBeGreaterThan(0);
    expect([...report.complaints]).toEqual([['_ sums to # (at byte #)', report.rejected]]);
  });

  it('makes the same file from the same seed and case, different ones otherwise', () => {
    const { parse } = target(sumOrRefuse);
    const files = Array.from({ length: 200 }, (_, i) => damagedFile(target(parse), 3, i).join());
    expect(Array.from({ length: 200 }, (_, i) => damagedFile(target(parse), 3, i).join())).toEqual(files);
    expect(new Set(files).size).toBeGreaterThan(100);
    expect(Array.from({ length: 200 }, (_, i) => damagedFile(target(parse), 4, i).join())).not.toEqual(files);
  });

  const broken: readonly [string, (bytes: Uint8Array) => number, RegExp][] = [
    [
      'another exception',
      (bytes) => (bytes.length === 3 || bytes[0] === 6 ? 6 : sumOrRefuse(Uint8Array.of(bytes.at(9)!.valueOf()))),
      /neither success nor a FormatError.*TypeError/,
    ],
    ['a wrong acceptance', (bytes) => bytes.reduce((total, byte) => total + byte, 0), /the promise is broken/],
    [
      'no offset',
      (bytes) => {
        if (bytes.length !== 3 && bytes[0] !== 6) throw new FormatError('no');
        return 6;
      },
      /with an offset in the file/,
    ],
    [
      'an offset outside',
      (bytes) => {
        if (bytes.length !== 3 && bytes[0] !== 6) throw new FormatError('no', 1e6);
        return 6;
      },
      /with an offset in the file/,
    ],
    [
      'a change of the input',
      (bytes) => {
        bytes[0] = 9;
        return 6;
      },
      /changed the bytes/,
    ],
  ];
  it.each(broken)('reports %s with seed, case and bytes, and the case can be repeated', (_, parse, message) => {
    let text = '';
    try {
      fuzz(target(parse), 500, 11);
    } catch (error) {
      text = String(error);
    }
    expect(text).toMatch(message);
    const [, index] = /^Error: sum, seed 11, case (\d+): [\s\S]* bytes: [0-9a-f]*$/.exec(text) ?? [];
    expect(() => fuzzCase(target(parse), 11, Number(index))).toThrow(message);
  });
});
