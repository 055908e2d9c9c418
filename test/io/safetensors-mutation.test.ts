import { expect, it } from 'vitest';
import { fuzz, SLACK_BYTES } from '../support/mutate.ts';
import { safetensorsTarget } from './safetensors-fuzz.ts';

// A longer run: npx tsx test/support/fuzz.ts safetensors 1000000 7
it('20,000 damaged files are read or refused with a FormatError (seed 20260701)', () => {
  const { accepted, rejected, complaints, largestExcess } = fuzz(safetensorsTarget, 20_000, 20260701);
  expect(accepted + rejected).toBe(20_000);
  expect(largestExcess).toBeLessThan(SLACK_BYTES);
  // The mutations are useful only if some files stay valid and many different rules are broken.
  expect(accepted).toBeGreaterThan(500);
  const all = [...complaints.keys()].join('\n');
  for (const rule of [
    ...['appears twice', 'twice the field', 'unknown field', 'unknown dtype', 'overflows', 'belong to no tensor'],
    ...['but its offsets give', 'the data before it end', 'before it begins', 'of data', 'not UTF-#', 'surrogate'],
    ...['leading zero', 'above #^#', 'are too few', 'at most # are read'],
  ]) {
    expect(all).toContain(rule);
  }
});
