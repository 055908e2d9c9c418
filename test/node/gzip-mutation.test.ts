import { afterAll, beforeAll, expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.ts';
import { damagedGzip, fuzzGzip, MAX_BYTES } from './gzip-fuzz.ts';

let largest = 0;
let timer: NodeJS.Timeout | undefined;
const start = process.memoryUsage().arrayBuffers;
beforeAll(() => {
  timer = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage().arrayBuffers - start);
  }, 5);
});
afterAll(() => clearInterval(timer));

// The long run is made by hand: npx tsx test/support/fuzz.ts gzip 1000000 7
it('10,000 damaged gzipped IDX files are read or refused with a FormatError, nothing else (seed 20260703)', async () => {
  const { accepted, rejected, complaints, slowestMilliseconds } = await fuzzGzip(10_000, 20260703);
  expect(accepted + rejected).toBe(10_000);
  // The mutations go deep only if some files stay valid and many different rules are broken.
  expect(accepted).toBeGreaterThan(500);
  const all = [...complaints.keys()].join('\n');
  for (const rule of [
    'gzip data is damaged or cut short',
    'bytes follow the end of its gzip data',
    'unpacks to more than its IDX header declares',
    'more than maxBytes',
    'begins with # bytes',
    'begins with bytes',
    'unknown type code',
    'rank #; expected',
    'but only # follow',
    'too many',
  ]) {
    expect(all).toContain(rule);
  }
  expect(slowestMilliseconds).toBeLessThan(2000);
  // Bombs of 1 MiB are among them, and stopped at the cap. What piles up between two collections is small garbage: 64 KiB a file.
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThan(512 * 2 ** 20);
}, 120_000);

it('a case follows from its seed and its number', () => {
  expect(damagedGzip(1, 5)).toEqual(damagedGzip(1, 5));
  expect(new Set([0, 1, 2, 3].map((index) => Buffer.from(damagedGzip(1, index)).toString('hex'))).size).toBe(4);
  expect([FormatError.name, MAX_BYTES]).toEqual(['FormatError', 65536]);
});
