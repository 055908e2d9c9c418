/** The buttons that run a training: start, pause, single steps, speed. */
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
  /** More epochs, after the last one. */
  more(): void;
}

/** Steps in a second. */
const SPEEDS: readonly (readonly [label: string, stepsPerSecond: number])[] = [
  ['Full speed', 0],
  ['10 steps a second', 10],
  ['3 steps a second', 3],
  ['1 step a second', 1],
];

export function transport(actions: TransportActions): Transport {
  let phase: Phase = 'loading';
  const run = button('Loading', () => toggle(), { class: 'primary', id: 'run', 'aria-keyshortcuts': 'Space' });
  const toggle = (): void => {
    if (phase === 'training') actions.pause();
    else if (phase === 'finished') actions.more();
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
  const speed = element('select', { 'aria-label': 'Speed', id: 'speed' });
  for (const [label, value] of SPEEDS) speed.append(element('option', { value }, label));
  speed.addEventListener('change', () => actions.speed(Number(speed.value)));
  const restart = button('Start over', actions.restart, { id: 'restart', class: 'quiet' });
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
