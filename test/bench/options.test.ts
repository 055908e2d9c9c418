import { describe, expect, test } from 'vitest';
import { help, parseOptions, SECTIONS } from '../../bench/options.ts';
import { helpText, readArguments, UsageError } from '../../examples/arguments.ts';
import { thrownBy } from '../support/thrown.ts';

describe('the command line of the benchmark', () => {
  test('without arguments all parts run, in full', () => {
    expect(parseOptions([])).toEqual({ json: undefined, sections: SECTIONS, quick: false });
  });

  test('each option is understood, its value behind a space or an equals sign', () => {
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
    [['--only', 'laddr'], '--only: there is no part "laddr". Did you mean ladder?'],
    [['--json'], '--json needs a value: --json FILE'],
    [['--json', '--quick'], '--json needs a value: --json FILE'],
    [['--quick=yes'], '--quick takes no value, got "yes"'],
    [['fast'], 'unexpected argument "fast"'],
    [['-j', 'x'], 'unknown option -j.'],
  ])('%j is refused by a sentence that says what to write', (args, message) => {
    expect(thrownBy(UsageError, () => parseOptions(args)).message).toBe(message);
  });

  test('the help names every option and every part', () => {
    for (const word of ['--json FILE', '--only NAME', '--quick', '--help', ...SECTIONS]) expect(help()).toContain(word);
  });

  test('readArguments and helpText serve other commands too', () => {
    const known = { many: ['N', 'how many'] } as const;
    expect(readArguments(['--many', '3'], known)).toEqual(new Map([['many', '3']]));
    expect(helpText('npm run x', known)).toBe('Usage: npm run x -- [options]\n\n  --many N        how many');
  });
});
