import { describe, expect, test } from 'vitest';
import { help, parseOptions, SECTIONS } from '../../bench/options.ts';
import { UsageError } from '../../bench/support/command-line.ts';
import { thrownBy } from '../support/thrown.ts';

describe('the command line of the benchmark', () => {
  test('runs all parts in full without arguments', () => {
    expect(parseOptions([])).toEqual({ json: undefined, sections: SECTIONS, quick: false });
  });

  test('reads each option, its value after a space or an equals sign', () => {
    expect(parseOptions(['--json', 'out.json', '--only=step', '--quick'])).toEqual({
      json: 'out.json',
      sections: ['step'],
      quick: true,
    });
    expect(parseOptions(['--quick', '--help'])).toBe('help');
  });

  test.each([
    [['--jsn', 'x'], 'unknown option --jsn. Did you mean --json?'],
    [['--frobnicate'], 'unknown option --frobnicate.'],
    [['--only', 'laddr'], `--only must be one of ${SECTIONS.join(', ')}, got "laddr". Did you mean ladder?`],
  ])('%j is refused with a hint', (args, message) => {
    expect(thrownBy(UsageError, () => parseOptions(args)).message).toBe(message);
  });

  test('the help names every option and every part', () => {
    for (const word of ['--json FILE', '--only NAME', '--quick', '--help', ...SECTIONS]) expect(help()).toContain(word);
  });
});
