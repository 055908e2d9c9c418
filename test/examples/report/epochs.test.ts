import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { epochPictures, thinnedOut } from '../../../examples/report/epochs.ts';

test.each([0, 1, 59, 60, 61, 100, 121, 5000])(
  'of %d pictures at most 60 remain, evenly, the first and the last among them',
  (count) => {
    const items = Array.from({ length: count }, (_, i) => i);
    const chosen = thinnedOut(items, 60);
    expect(chosen.length).toBeLessThanOrEqual(60);
    expect(chosen.length).toBeGreaterThanOrEqual(Math.min(count, 29));
    expect([chosen[0], chosen.at(-1)]).toEqual([items[0], items.at(-1)]);
    const gaps = new Set(chosen.slice(1, -1).map((item, i) => item - chosen[i]!));
    expect(gaps.size).toBeLessThanOrEqual(1);
  },
);

test('the pictures are in the order of their epochs; those after the last epoch belong to another training', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-epochs-'));
  try {
    for (const name of [
      'epoch-1000.png',
      'epoch-002.png',
      'epoch-1001.png',
      'epoch-001.png',
      'epoch-001.txt',
      'x.png',
    ]) {
      writeFileSync(join(folder, name), '');
    }
    const found = epochPictures(folder, 1000);
    expect(found.map(({ epoch, path }) => [epoch, basename(path)])).toEqual([
      [1, 'epoch-001.png'],
      [2, 'epoch-002.png'],
      [1000, 'epoch-1000.png'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
