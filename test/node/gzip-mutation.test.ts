import { expect, it } from 'vitest';
import { SLACK_BYTES } from '../support/mutate.ts';
import { damagedGzip, fuzzGzip } from './gzip-fuzz.ts';

// The long run is made by hand: npx tsx test/support/fuzz.ts gzip 1000000 7
it('10,000 damaged gzipped IDX files are either read or rejected with a FormatError (seed 20260703)', async () => {
  const { accepted, rejected, complaints, slowestMilliseconds, largestExcess } = await fuzzGzip(10_000, 20260703);
  expect(accepted + rejected).toBe(10_000);
  expect(largestExcess).toBeLessThan(SLACK_BYTES);
  // The mutations go deep only if some files stay valid and many different rules are broken.
  expect(accepted).toBeGreaterThan(500);
  const all = [...complaints.keys()].join('\n');
  for (const rule of [
    ...['gzip data is damaged or cut short', 'bytes follow the end of its gzip data'],
    ...['unpacks to more than its IDX header declares', 'more than maxBytes', 'has at least # bytes'],
    ...['begins with bytes', 'unknown type code', 'rank #; expected', 'but only # follow', 'too many'],
  ]) {
    expect(all).toContain(rule);
  }
  expect(slowestMilliseconds).toBeLessThan(2000);
}, 120_000);

it('a case follows from its seed and its number', () => {
  expect(damagedGzip(1, 5)).toEqual(damagedGzip(1, 5));
  expect(new Set([0, 1, 2, 3].map((index) => Buffer.from(damagedGzip(1, index)).toString('hex'))).size).toBe(4);
});
