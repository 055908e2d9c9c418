import { describe, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { help, parseOptions } from '../../examples/evaluate-options.ts';
import { thrownBy } from '../support/thrown.ts';

const parse = (line: string): ReturnType<typeof parseOptions> =>
  parseOptions(line.split(' ').filter((one) => one !== ''));

describe('the command line of the evaluation', () => {
  test('takes a folder without options', () => {
    expect(parse('runs/x')).toEqual({
      run: 'runs/x',
      data: undefined,
      classifier: undefined,
      images: [],
      count: 10000,
      seed: 0,
    });
  });

  test('reads every option; --images takes one file or more, and can be repeated', () => {
    const line = 'runs/x --images a.idx e.idx --count 500 --seed=7 --data d --classifier c.safetensors --images b.idx';
    expect(parse(line)).toEqual({
      run: 'runs/x',
      data: 'd',
      classifier: 'c.safetensors',
      images: ['a.idx', 'b.idx', 'e.idx'],
      count: 500,
      seed: 7,
    });
    expect(parse('--help')).toBe('help');
  });

  test.each([
    ['', 'the folder of a training is needed: npm run evaluate -- RUN_DIR'],
    ['a b', 'one folder is evaluated at a time, got "b" too'],
    ['a --image b', 'unknown option --image. Did you mean --images?'],
    ['a --count 7', '--count must be a whole number of at least 8, got "7"'],
    ['a --count 1e4', '--count must be a whole number of at least 8, got "1e4"'],
    ['a --seed=-1', '--seed must be a whole number of at least 0, got "-1"'],
  ])('"%s" is refused with a hint', (line, message) => {
    expect(thrownBy(UsageError, () => parse(line)).message).toBe(message);
  });

  test('the help names the folder and every option, in lines of at most 80 characters', () => {
    expect(help()).toContain('Usage: npm run evaluate -- RUN_DIR [options]');
    const names = [...help().matchAll(/^ {2}--([a-z-]+)/gm)].map((match) => match[1]);
    expect(names.join(' ')).toBe('data classifier count images seed help');
    for (const line of help().split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
