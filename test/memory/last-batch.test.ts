/**
 * The smaller last batch of an epoch takes its blocks from where the full ones had theirs, and leaves the room whole
 * for the next of them.
 */
import { expect, test } from 'vitest';
import { dataset, trainGan } from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';

test('the dense pair, batches of 256, 256 and 188: no page more after the second full batch', async () => {
  const pages: number[] = [];
  const count = 700;
  await trainGan({
    images: dataset(new Uint8Array(count * 784), [count, 28, 28, 1]),
    // Without the merge before another size of batch the memory grew at step 28.
    epochs: 12,
    onStep: () => pages.push(heap().usage().capacityBytes / 65536),
    onEpoch: ({ samples }) => samples.dispose(),
  });
  expect(pages).toHaveLength(36);
  expect(new Set(pages.slice(1))).toEqual(new Set([pages[1]]));
}, 60_000);
