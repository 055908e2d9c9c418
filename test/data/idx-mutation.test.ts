import { expect, it } from 'vitest';
import { fuzz, SLACK_BYTES } from '../support/mutate.ts';
import { idxTarget } from './idx-fuzz.ts';

// A longer run: npx tsx test/support/fuzz.ts idx 1000000 7
it('20,000 damaged IDX files are read or refused with a FormatError (seed 20260702)', () => {
  const before = process.memoryUsage().arrayBuffers;
  const { accepted, rejected, complaints, slowestMilliseconds, largestExcess } = fuzz(idxTarget, 20_000, 20260702);
  expect(accepted + rejected).toBe(20_000);
  expect(largestExcess).toBeLessThan(SLACK_BYTES);
  // The mutations are useful only if some files stay valid and every rule is broken.
  expect(accepted).toBeGreaterThan(2000);
  const all = [...complaints.keys()].join('\n');
  for (const rule of [
    ...['has at least # bytes', 'begins with bytes', 'unknown type code', 'rank #; expected', 'ends at byte'],
    ...['but only # follow', 'too many'],
  ]) {
    expect(all).toContain(rule);
  }
  // Headers that claim up to 2^259 bytes must not allocate them. The files are below 2 KB each, so the garbage of
  // 20,000 of them fits into 64 MB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  expect(slowestMilliseconds).toBeLessThan(2000);
});
