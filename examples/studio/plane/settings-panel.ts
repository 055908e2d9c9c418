/** The form of the settings: all but the seed change while it trains, with the weights as they are. */
import { card, element } from '../elements.ts';
import { LOSSES, PENALTIES, type PlaneSettings, RATES, readSeed } from './settings.ts';

/**
 * @param apply - gets changed settings
 * @param reset - gets settings with another seed, for new networks
 */
export function settingsPanel(
  initial: PlaneSettings,
  apply: (settings: PlaneSettings) => void,
  reset: (settings: PlaneSettings) => void,
): HTMLElement {
  let settings = initial;
  const select = <Name extends Exclude<keyof PlaneSettings, 'seed'>>(
    name: Name,
    label: string,
    options: readonly (readonly [value: PlaneSettings[Name], text: string])[],
  ): HTMLElement => {
    const made = element('select', { id: `points-${name}` });
    made.append(...options.map(([, text], i) => element('option', { value: i }, text)));
    made.selectedIndex = options.findIndex(([value]) => value === settings[name]);
    made.addEventListener('change', () => {
      settings = { ...settings, [name]: options[made.selectedIndex]![0] };
      apply(settings);
    });
    return field(label, made);
  };
  const rates = RATES.map((rate) => [rate, `${rate}`] as const);
  const losses = Object.entries(LOSSES) as [PlaneSettings['loss'], string][];
  const penalties = PENALTIES.map((weight) => [weight, weight === 0 ? 'None' : `${weight}`] as const);
  const seed = element('input', { id: 'points-seed', type: 'number', min: 0, step: 1, value: settings.seed });
  seed.addEventListener('change', () => {
    const value = readSeed(seed.value);
    seed.setAttribute('aria-invalid', `${value === undefined}`);
    if (value === undefined) return;
    settings = { ...settings, seed: value };
    reset(settings);
  });
  return card(
    'Settings',
    element(
      'div',
      { class: 'fields' },
      select('generatorRate', 'Generator’s rate', rates),
      select('discriminatorRate', 'Discriminator’s rate', rates),
      select('loss', 'Loss', losses),
      select('penalty', 'Gradient penalty', penalties),
      field('Seed (begins again)', seed),
    ),
  );
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
}
