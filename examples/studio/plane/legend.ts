/** What one sees: each layer of the picture with a sentence, and a box to show or hide it. */
import { card, element } from '../elements.ts';
import type { Layer } from './plane-canvas.ts';

const LAYERS: readonly (readonly [layer: Layer, label: string, text: string])[] = [
  ['real', 'Real points', 'Rings. The generator never sees them.'],
  ['fake', 'Generated points', 'Discs. Each comes from noise of its own, which stays the same.'],
  [
    'field',
    'The discriminator’s field',
    'On blue ground it takes a point for real, on orange for generated, and between them it cannot tell.',
  ],
  [
    'grid',
    'The generator’s grid',
    'A sheet of noise, stretched and folded over the plane. Each cell makes as many points, so small cells are dense.',
  ],
  ['slopes', 'Slopes', 'Where the discriminator would move generated points. The generator learns from this only.'],
];

/**
 * @param shown - the layers that are shown at first
 * @param toggle - shows or hides a layer
 * @param average - switches between averaged weights and those of the last step
 */
export function legend(
  shown: ReadonlySet<Layer>,
  toggle: (layer: Layer, isShown: boolean) => void,
  average: (isAveraged: boolean) => void,
): HTMLElement {
  const rows = LAYERS.map(([layer, label, text]) =>
    row(label, text, shown.has(layer), (isOn) => toggle(layer, isOn), element('i', { class: layer })),
  );
  const averaged = row(
    'Averaged weights',
    'The generator that is shown has the mean of its latest weights, which calms it. Without, one sees each step.',
    true,
    average,
  );
  const root = card('What you see', ...rows, averaged);
  root.classList.add('legend');
  return root;
}

function row(
  label: string,
  text: string,
  isOn: boolean,
  change: (isOn: boolean) => void,
  mark: HTMLElement | string = '',
): HTMLElement {
  const box = element('input', { type: 'checkbox', checked: isOn });
  box.addEventListener('change', () => change(box.checked));
  return element('label', {}, box, element('span', {}, element('strong', {}, mark, label), element('small', {}, text)));
}
