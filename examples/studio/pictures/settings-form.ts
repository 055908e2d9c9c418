/**
 * The form of the settings. It says what each change does: at once, with the weights as they are, or from the start.
 */
import { button, card, element } from '../elements.ts';
import type { Settings } from './settings.ts';
import {
  AUGMENTATIONS,
  LOSSES,
  MODELS,
  NUMBERS,
  type NumberName,
  PENALTIES,
  readNumber,
  recipeOf,
} from './settings.ts';

export interface SettingsForm {
  readonly root: HTMLElement;
  show(settings: Settings): void;
}

type NameSetting = 'model' | 'loss' | 'penalty' | 'augment';

/** @param apply - gets the changed settings. */
export function settingsForm(apply: (settings: Settings) => void): SettingsForm {
  let settings = recipeOf('compact');
  const controls = new Map<keyof Settings, HTMLSelectElement | HTMLInputElement>();

  const select = (name: NameSetting, label: string, options: Readonly<Record<string, string>>): HTMLElement => {
    const made = element('select', { id: `setting-${name}` });
    for (const [value, text] of Object.entries(options)) made.append(element('option', { value }, text));
    made.addEventListener('change', () => {
      // Another model comes with its own recipe.
      if (name === 'model') apply({ ...recipeOf(made.value as Settings['model']), seed: settings.seed });
      else apply({ ...settings, [name]: made.value });
    });
    controls.set(name, made);
    return field(label, made);
  };
  const number = (name: NumberName, label: string, step: string): HTMLElement => {
    const { low, high } = NUMBERS[name];
    const made = element('input', { id: `setting-${name}`, type: 'number', min: low, max: high, step });
    made.addEventListener('change', () => {
      const value = readNumber(name, made.value);
      made.setAttribute('aria-invalid', `${value === undefined}`);
      if (value !== undefined) apply({ ...settings, [name]: value });
    });
    controls.set(name, made);
    return field(label, made);
  };
  const group = (title: string, ...fields: readonly HTMLElement[]): HTMLElement =>
    element('fieldset', {}, element('legend', {}, title), element('div', { class: 'fields' }, ...fields));

  const root = card(
    'Settings',
    group(
      'Starts over',
      wide(select('model', 'Model', MODELS)),
      number('seed', 'Seed', '1'),
      number('images', 'Images used', '1'),
    ),
    group(
      'Goes on with the same weights',
      select('loss', 'Loss', LOSSES),
      select('augment', 'Augmentation', AUGMENTATIONS),
      select('penalty', 'Gradient penalty', PENALTIES),
      number('batchSize', 'Images in a batch', '1'),
      number('penaltyWeight', 'Penalty’s weight', 'any'),
      number('penaltyEvery', 'In each n-th step', '1'),
    ),
    group(
      'Changes at once',
      number('generatorRate', 'Generator’s rate', 'any'),
      number('discriminatorRate', 'Discriminator’s rate', 'any'),
      number('epochs', 'Epochs', '1'),
    ),
    element(
      'div',
      { class: 'row' },
      button('Settings of the recipe', () => apply(recipeOf(settings.model))),
    ),
  );
  root.classList.add('settings');
  return {
    root,
    show(given) {
      settings = given;
      for (const [name, control] of controls) {
        if (document.activeElement !== control || control instanceof HTMLSelectElement)
          control.value = `${given[name]}`;
      }
      for (const name of ['penaltyWeight', 'penaltyEvery'] as const) {
        const control = controls.get(name);
        if (control !== undefined) control.disabled = given.penalty === 'none';
      }
    },
  };
}

/** A field over both columns. */
function wide(field: HTMLElement): HTMLElement {
  field.classList.add('wide');
  return field;
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}
