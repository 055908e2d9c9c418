/** The pictures: a GAN learns to draw digits. */
import { card, element } from '../elements.ts';
import type { CreateMode } from '../mode.ts';
import { openWorker } from '../worker-link.ts';
import type { Command, Event } from './protocol.ts';

export const createMode: CreateMode = ({ root, fail }) => {
  const runtime = element('p', { class: 'hint' });
  root.append(card('Digits', runtime));
  const worker = openWorker<Command, Event>(
    new URL('./pictures-worker.js', import.meta.url),
    (event) => {
      if (event.kind === 'failed') fail(event.message);
      else runtime.textContent = `${event.runtime.kernels}, ${event.runtime.reasons.kernels}`;
    },
    fail,
  );
  worker.send({ kind: 'open' });
  return { show() {}, hide() {} };
};
