import { expect, it } from 'vitest';
import { fuzz, SLACK_BYTES } from '../support/mutate.ts';
import { checkpointTarget } from './checkpoint-fuzz.ts';

// The long run is made by hand: npx tsx test/support/fuzz.ts checkpoint 1000000 7
it('12,000 damaged checkpoints are read or refused with a FormatError, nothing else (seed 20260702)', () => {
  const { accepted, rejected, complaints, largestExcess } = fuzz(checkpointTarget, 12_000, 20260702);
  expect(accepted + rejected).toBe(12_000);
  expect(largestExcess).toBeLessThan(SLACK_BYTES);
  // The mutations go deep only if some files stay valid and many different rules are broken.
  expect(accepted).toBeGreaterThan(300);
  const all = [...complaints.keys()].join('\n');
  for (const rule of [
    ...['does not begin as one', 'the checkpoint is damaged', 'not a safetensors file', 'its format is'],
    ...['its version is', 'its epoch is', 'its step is missing', 'not a whole number from # to #'],
    ...['has an unknown key', 'must not be', 'in epoch #', 'is missing', 'Loss is '],
  ]) {
    expect(all).toContain(rule);
  }
});
