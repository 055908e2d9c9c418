import { expect, it } from 'vitest';
import { torture } from './torture.ts';

// For the long run: npx tsx test/torture/kill.ts 200 1
it('8 killed trainings, 4 of them within a save, resume and end with the same bits (seed 20260703)', async () => {
  const report = await torture(8, 4, 20260703);
  expect(report).toMatchObject({ kills: 8, insideSave: 4 });
}, 300_000);
