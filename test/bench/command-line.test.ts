import { describe, expect, test } from 'vitest';
import {
  helpText,
  type Options,
  readChoice,
  readCommandLine,
  readDecimal,
  readWholeNumber,
  readWholeNumbers,
  UsageError,
} from '../../bench/support/command-line.ts';
import { thrownBy } from '../support/thrown.ts';

const OPTIONS = {
  many: { type: 'string', value: 'N', help: 'how many' },
  file: { type: 'string', value: 'FILE ...', multiple: true, help: 'files to read' },
  quick: { type: 'boolean', help: 'few repetitions' },
} as const satisfies Options;

const refusal = (args: readonly string[]): string => thrownBy(UsageError, () => readCommandLine(args, OPTIONS)).message;

describe('readCommandLine', () => {
  test('reads values after a space or an equals sign, switches and lists; uses the last of two values', () => {
    const args = ['--many', '3', '--many=5', '--quick', '--file', 'a', '--file=b'];
    expect(readCommandLine(args, OPTIONS).values).toEqual({ many: '5', quick: true, file: ['a', 'b'] });
    expect(readCommandLine([], OPTIONS).values).toEqual({});
  });

  test('reads words only where they are allowed', () => {
    expect(readCommandLine(['x', '--quick', '--', '--y'], OPTIONS, { words: true }).positionals).toEqual(['x', '--y']);
    expect(refusal(['x'])).toMatch(/^Unexpected argument 'x'/);
  });

  test.each([
    [['--mny', '3'], /^unknown option --mny\. Did you mean --many\?$/],
    [['--frobnicate'], /^unknown option --frobnicate\.$/],
    [['--no-quick'], /^unknown option --no-quick\./],
    [['--constructor'], /^unknown option --constructor\./],
    [['--__proto__', '3'], /^unknown option --__proto__\./],
    [['-m', '3'], /^unknown option -m\./],
    [['--many'], /^Option '--many <value>' argument missing/],
    [['--many', '--quick'], /^Option '--many' argument is ambiguous/],
    [['--many='], /^--many needs a value$/],
    [['--file', 'a', '--file='], /^--file needs a value$/],
    [['--quick=yes'], /^Option '--quick' does not take an argument/],
  ])('%j is a UsageError', (args, message) => {
    expect(refusal(args)).toMatch(message);
  });
});

describe('values', () => {
  const values = { many: '12', list: '1,5', part: '.5', wrong: '1e3', name: 'conv', misspelt: 'conf' };

  test('are read as numbers and choices', () => {
    expect(readWholeNumber(values, 'many', 1)).toBe(12);
    expect(readWholeNumbers(values, 'list', 1)).toEqual([1, 5]);
    expect(readDecimal(values, 'part')).toBe(0.5);
    expect(readChoice(values, 'name', ['dense', 'conv'])).toBe('conv');
  });

  test('are undefined if the option is not given', () => {
    const none: { readonly many?: string } = {};
    expect(readWholeNumber(none, 'many', 1)).toBeUndefined();
    expect(readWholeNumbers(none, 'many', 1)).toBeUndefined();
    expect(readDecimal(none, 'many')).toBeUndefined();
    expect(readChoice(none, 'many', ['x'])).toBeUndefined();
  });

  test('that do not fit are a UsageError that names the option', () => {
    const message = (read: () => unknown): string => thrownBy(UsageError, read).message;
    expect(message(() => readWholeNumber(values, 'wrong', 1))).toBe(
      '--wrong must be a whole number of at least 1, got "1e3"',
    );
    expect(message(() => readWholeNumber(values, 'many', 13))).toMatch(/at least 13, got "12"/);
    expect(message(() => readWholeNumbers(values, 'list', 2))).toMatch(/--list must be .* at least 2, got "1"/);
    expect(message(() => readDecimal(values, 'name'))).toBe('--name must be a number such as 0.25, got "conv"');
    expect(message(() => readChoice(values, 'misspelt', ['dense', 'conv']))).toBe(
      '--misspelt must be one of dense, conv, got "conf". Did you mean conv?',
    );
  });
});

test('helpText has one line for each option', () => {
  expect(helpText('npm run x', OPTIONS, 'DIR')).toBe(
    [
      'Usage: npm run x -- DIR [options]',
      '',
      '  --many N         how many',
      '  --file FILE ...  files to read',
      '  --quick          few repetitions',
    ].join('\n'),
  );
});
