/** What the generator draws elsewhere: sliders along directions of its latent space, a walk, and a digit on request. */
import { button, card, element } from '../elements.ts';
import { pictureCanvas } from './picture-canvas.ts';
import type { ByteImages, Draw } from './protocol.ts';

export interface Explore {
  readonly root: HTMLElement;
  /** The networks have changed; the pictures are asked for again, at most a few times a second. */
  refresh(): void;
  drawn(id: number, images: ByteImages): void;
  /** The classes that the generator can be asked for; undefined if it has none. */
  setClasses(classes: number | undefined): void;
}

const SLIDERS = 6;
const WALK = 9;
/** Pictures of the walk that is saved, which the animation shows there and back. */
const SAVED_WALK = 25;
const REFRESH_EVERY = 400;

/**
 * @param ask - sends a question; its pictures come to drawn().
 * @param save - saves the pictures of a walk.
 */
export function explore(ask: (draw: Draw) => void, save: (walk: Draw) => void): Explore {
  const single = pictureCanvas(1, 'picture');
  const walk = pictureCanvas(WALK, 'walk');
  const shifts = new Array<number>(SLIDERS).fill(0);
  let [seed, target] = [1, 2];
  let id = 0;
  let label: number | undefined;
  let lastPicture = 0;
  let lastWalk = 0;
  let lastRefresh = 0;

  const askPicture = (): void => {
    lastPicture = ++id;
    ask({ id, seeds: [seed], steps: 1, shifts: [...shifts], labels: label === undefined ? [] : [label] });
  };
  const walkOf = (steps: number): Draw => {
    return { id, seeds: [seed, target], steps, shifts: [], labels: label === undefined ? [] : [label, label] };
  };
  const askWalk = (): void => {
    lastWalk = ++id;
    ask(walkOf(WALK));
  };
  const askBoth = (): void => {
    askPicture();
    askWalk();
  };
  const sliders = shifts.map((_, i) => {
    const input = element('input', { type: 'range', min: -4, max: 4, step: 0.1, value: 0, id: `direction-${i}` });
    input.addEventListener('input', () => {
      shifts[i] = input.valueAsNumber;
      askPicture();
    });
    return input;
  });
  const centre = (): void => {
    shifts.fill(0);
    for (const slider of sliders) slider.value = '0';
  };
  const labelled = sliders.map((slider, i) =>
    element('div', { class: 'field' }, element('label', { for: slider.id }, `Direction ${i + 1}`), slider),
  );
  const newStart = button('Another point', () => {
    seed = randomSeed();
    centre();
    askBoth();
  });
  const newTarget = button('Another end', () => {
    target = randomSeed();
    askWalk();
  });
  const digits = element('div', { class: 'segments digits', role: 'group', 'aria-label': 'Digit to draw' });
  const request = element('div', { class: 'field' }, element('span', { class: 'label' }, 'Ask for'), digits);
  request.hidden = true;
  const root = card(
    'Explore the latent space',
    request,
    element(
      'div',
      { class: 'explore' },
      element('div', { class: 'point' }, single.canvas, newStart),
      element('div', { class: 'sliders' }, ...labelled),
    ),
    element('p', { class: 'hint' }, 'A walk from this point to another one:'),
    walk.canvas,
    element(
      'div',
      { class: 'row' },
      newTarget,
      button('Save the walk', () => save(walkOf(SAVED_WALK)), { id: 'save-walk', title: 'An animated PNG' }),
    ),
  );
  return {
    root,
    refresh() {
      const now = performance.now();
      if (now - lastRefresh < REFRESH_EVERY) return;
      lastRefresh = now;
      askBoth();
    },
    drawn(answered, images) {
      if (answered === lastPicture) single.draw(images, 'The picture at the chosen point');
      if (answered === lastWalk) walk.draw(images, `${images.count} pictures on the way to another point`);
    },
    setClasses(classes) {
      label = classes === undefined ? undefined : Math.min(label ?? 0, classes - 1);
      request.hidden = classes === undefined;
      digits.replaceChildren(
        ...Array.from({ length: classes ?? 0 }, (_, i) => {
          const made = button(`${i}`, () => choose(i), { 'aria-pressed': `${i === label}` });
          return made;
        }),
      );
      const choose = (chosen: number): void => {
        label = chosen;
        [...digits.children].forEach((one, i) => {
          one.setAttribute('aria-pressed', `${i === chosen}`);
        });
        askBoth();
      };
      lastRefresh = 0;
    },
  };
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
