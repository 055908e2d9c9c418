/** Opening and saving files: images to train on, weights, checkpoints, pictures. */
import { button, card, element } from '../elements.ts';
import type { NamedFile, Saved } from './protocol.ts';

export interface FileActions {
  openImages(files: readonly NamedFile[], size: number): void;
  openWeights(file: Blob): void;
  save(what: Saved): void;
}

const SAVES: readonly (readonly [label: string, what: Saved])[] = [
  ['Picture', 'picture'],
  ['Animation of its growth', 'growth'],
  ['Generator', 'generator'],
  ['Discriminator', 'discriminator'],
  ['Checkpoint', 'checkpoint'],
];

export interface FilesPanel {
  readonly root: HTMLElement;
  /** What is trained on. */
  readonly data: HTMLElement;
}

export function filesPanel(actions: FileActions): FilesPanel {
  const data = element('p', {}, '');
  const size = element('select', { id: 'size' });
  for (const side of [28, 32, 48, 64]) size.append(element('option', { value: side }, `${side} x ${side}`));
  const openImages = (files: FileList | null): void => {
    const named = [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    if (named.length > 0) actions.openImages(named, Number(size.value));
  };
  const root = card(
    'Files',
    element('h3', {}, 'Learn from'),
    data,
    element(
      'div',
      { class: 'row' },
      opener('Open images', { multiple: true, accept: '.gz,.idx,image/*' }, openImages),
      opener('Open a folder', { webkitdirectory: true, multiple: true }, openImages),
    ),
    element('div', { class: 'field narrow' }, element('label', { for: 'size' }, 'Scale pictures to'), size),
    element(
      'p',
      { class: 'hint' },
      'IDX files as MNIST has them, also .gz, or PNGs and other pictures, whose folders are classes.',
    ),
    element('h3', {}, 'Go on from'),
    element(
      'div',
      { class: 'row' },
      opener('Open weights or a checkpoint', { accept: '.safetensors' }, (files) => {
        const file = files?.[0];
        if (file !== undefined) actions.openWeights(file);
      }),
    ),
    element('h3', {}, 'Save'),
    element('div', { class: 'row' }, ...SAVES.map(([label, what]) => button(label, () => actions.save(what)))),
    element('p', { class: 'hint' }, 'Weights and checkpoints are the files of ganvas in Node, and work both ways.'),
  );
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    openImages(event.dataTransfer?.files ?? null);
  });
  root.classList.add('files');
  return { root, data };
}

/** A button that lets the user choose files. */
function opener(
  label: string,
  attributes: Readonly<Record<string, string | boolean>>,
  opened: (files: FileList | null) => void,
): HTMLElement {
  const input = element('input', { type: 'file', ...attributes, hidden: true, 'aria-label': label });
  input.addEventListener('change', () => {
    opened(input.files);
    // The same file can be chosen again.
    input.value = '';
  });
  const made = button(label, () => input.click());
  return element('span', {}, made, input);
}
