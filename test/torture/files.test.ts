import { describe, expect, it } from 'vitest';
import { ACCESSES, access, HOSTILE, problemOf } from './hostile-files.ts';

// With figures: npx tsx test/torture/files.ts
describe.runIf(process.platform === 'linux').each(Object.keys(ACCESSES))('%s', (way) => {
  it.each(Object.keys(HOSTILE))('ends soon with %s, well or in a typed error', async (kind) => {
    const verdict = await access(kind, way, 10_000);
    expect(problemOf(verdict)).toBeUndefined();
    // What a good checkpoint beside it could have saved, is saved.
    if (way === 'the newest of three checkpoints') expect(verdict.error).toBeUndefined();
  });
});
