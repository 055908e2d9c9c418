import { describe, expect, it } from 'vitest';
import { describe as picture } from '../../src/core/check.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { printable, printableMessage } from '../../src/core/text.ts';

describe('printable', () => {
  it.each([
    ['plain text, Umlaut ü and an emoji \u{1f600}', 'plain text, Umlaut ü and an emoji \u{1f600}'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['a\r\nb\tc\0', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}'],
    ['\u0085\u009b\u007f', '\\u{85}\\u{9b}\\u{7f}'],
    ['abc\u202edcba\u2066', 'abc\\u{202e}dcba\\u{2066}'],
    ['\u2028\u2029\ufeff', '\\u{2028}\\u{2029}\\u{feff}'],
    ['half \ud83d', 'half \\u{d83d}'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('cuts the end off, also in the middle of a character', () => {
    expect(printable('x'.repeat(61))).toBe(`${'x'.repeat(57)}...`);
    expect(printable('x'.repeat(60))).toBe('x'.repeat(60));
    expect(printable('abcdefgh', 5)).toBe('ab...');
    expect(printable(`a\u{1f600}bcd`, 5)).toBe('a\\u{d83d}...');
  });

  it('takes no time for a very long text', () => {
    const text = '\u001b'.repeat(2 ** 28);
    expect(text.at(-1)).toBe('\u001b');
    const start = performance.now();
    expect(printable(text).length).toBeLessThan(1000);
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('messages of errors', () => {
  it('keep the beginning and the end of a message that is very long, and its line breaks', () => {
    expect(printableMessage('two\nlines \u001b')).toBe('two\nlines \\u{1b}');
    const { message } = new RuntimeError(`f: ${'\u0007'.repeat(1e8)}. Do this.`);
    expect(message.length).toBeLessThan(30_000);
    expect(message).toMatch(/^f: \\u\{7\}.*\(\d+ characters left out\).*\. Do this\.$/);
    expect(new RuntimeError().message).toBe('');
  });

  it('show names and texts that are control characters', () => {
    expect(picture('\u001b]0;title\u0007')).toBe('"\\u{1b}]0;title\\u{7}"');
    expect(picture({ ['\u001b'.repeat(2 ** 20)]: 1 }).length).toBeLessThan(500);
  });
});
