/** The buttons that run a training: start, pause, single steps, speed. Both modes have them. */
import type { GanUpdate } from '../../../src/index.ts';
import { button, element } from '../elements.ts';
import type { Phase } from './protocol.ts';

export interface Transport {
  readonly root: HTMLElement;
  show(phase: Phase): void;
}

export interface TransportActions {
  play(): void;
  pause(): void;
  step(updates: GanUpdate | undefined): void;
  speed(stepsPerSecond: number): void;
  restart(): void;
  /** More epochs, after the last one; only for trainings that have a last one. */
  more?(): void;
}

/**
 * @param speeds - steps in a second, 0 for full speed; the first one is chosen.
 * @param prefix - of the ids, which must differ from those of another mode.
 */
export function transport(actions: TransportActions, speeds: readonly number[], prefix = ''): Transport {
  let phase: Phase = 'loading';
  const run = button('Loading', () => toggle(), { class: 'primary', id: `${prefix}run`, 'aria-keyshortcuts': 'Space' });
  const toggle = (): void => {
    if (phase === 'training') actions.pause();
    else if (phase === 'finished') actions.more?.();
    else actions.play();
  };
  const steps = (
    [
      ['Step', undefined, 'One step of both networks', 'S'],
      ['Discriminator', 'discriminator', 'One step of the discriminator only', 'D'],
      ['Generator', 'generator', 'One step of the generator only', 'G'],
    ] as const
  ).map(([label, updates, title, key]) => {
    const made = button(label, () => actions.step(updates), { title, 'aria-keyshortcuts': key });
    return { made, key, updates };
  });
  const speed = element('select', { 'aria-label': 'Speed', id: `${prefix}speed` });
  for (const value of speeds) speed.append(element('option', { value }, speedLabel(value)));
  speed.addEventListener('change', () => actions.speed(Number(speed.value)));
  const restart = button('Start over', actions.restart, { id: `${prefix}restart`, class: 'quiet' });
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const isTyping =
      target instanceof Element && target.closest('input, select, textarea, button, a, summary') !== null;
    if (isTyping || ctrlKey || metaKey || altKey || root.closest('[hidden]') !== null || phase === 'loading') return;
    if (key === ' ') toggle();
    else {
      const found = steps.find((one) => one.key === key.toUpperCase());
      if (found === undefined) return;
      actions.step(found.updates);
    }
    event.preventDefault();
  });
  const single = element('div', { class: 'segments', role: 'group', 'aria-label': 'Single steps' });
  single.append(...steps.map(({ made }) => made));
  const root = element('div', { class: 'transport' }, run, single, speed, restart);
  const show = (given: Phase): void => {
    phase = given;
    run.textContent = { loading: 'Loading', paused: 'Start', training: 'Pause', finished: 'More epochs' }[phase];
    for (const control of [run, ...steps.map(({ made }) => made), restart]) control.disabled = phase === 'loading';
  };
  show(phase);
  return { root, show };
}

function speedLabel(stepsPerSecond: number): string {
  if (stepsPerSecond === 0) return 'Full speed';
  return stepsPerSecond === 1 ? '1 step/s' : `${stepsPerSecond} steps/s`;
}
