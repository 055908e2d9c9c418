/** The worker of the pictures. */
import { runtimeInfo } from '../../../src/index.ts';
import { openPage } from '../worker-link.ts';
import { loadDigits } from './digits.ts';
import type { Command, Event } from './protocol.ts';

const page = openPage<Command, Event>(() => {
  open().catch((error) => page.send({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` }));
});

async function open(): Promise<void> {
  const { pixels } = await loadDigits();
  const bytes = pixels.slice(0, 16 * 784);
  page.send({
    kind: 'opened',
    runtime: runtimeInfo(),
    images: { bytes, count: 16, height: 28, width: 28, channels: 1 },
  });
}
