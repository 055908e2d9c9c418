import { expect, it } from 'vitest';
import { fuzzResume } from './resume-fuzz.ts';

// The long run is made by hand: npx tsx test/support/fuzz.ts resume 10000 7
it('300 forged checkpoints are rejected, diverge or give finite weights within a second (seed 20260703)', async () => {
  const { accepted, rejected, diverged } = await fuzzResume(300, 20260703);
  expect(accepted + rejected).toBe(300);
  for (const count of [accepted, rejected - diverged]) expect(count).toBeGreaterThan(50);
  expect(diverged).toBeGreaterThan(2);
}, 120_000);
