/** The figures of the points: steps, their pace, and how well the generated points cover the real ones. */
import { card, element } from '../elements.ts';
import type { Figures } from './figures.ts';

export interface FiguresPanel {
  readonly root: HTMLElement;
  showSteps(step: number, stepsPerSecond: number): void;
  /** Undefined: they are not known, or no longer. */
  showFigures(figures: Figures | undefined): void;
}

const NONE = '–';

export function figuresPanel(): FiguresPanel {
  const value = (id: string): HTMLElement => element('strong', { id: `points-${id}` }, NONE);
  const [step, modes, precision, recall] = ['step', 'modes', 'precision', 'recall'].map(value);
  const pace = element('span', { id: 'points-pace' }, 'Step');
  const figure = (label: string | HTMLElement, shown: HTMLElement, title: string): HTMLElement =>
    element('div', { class: 'figure', title }, typeof label === 'string' ? element('span', {}, label) : label, shown);
  const ofModes = figure('Modes', modes!, 'Clusters of the ring that get generated points');
  ofModes.hidden = true;
  const root = card(
    'Progress',
    element(
      'div',
      { class: 'figures' },
      figure(pace, step!, 'Steps of training since the start, and in a second'),
      ofModes,
      figure('Precision', precision!, 'Share of the generated points that lie among real ones'),
      figure('Recall', recall!, 'Share of the real points that lie among generated ones'),
    ),
    element(
      'p',
      { class: 'hint' },
      'Precision: generated points among real ones. Recall: real points among generated ones.',
    ),
  );
  const percent = (share: number | undefined): string => (share === undefined ? NONE : `${Math.round(100 * share)} %`);
  return {
    root,
    showSteps(steps, stepsPerSecond) {
      step!.textContent = steps.toLocaleString('en');
      pace.textContent = stepsPerSecond === 0 ? 'Step' : `Step, ${Math.round(stepsPerSecond)}/s`;
    },
    showFigures(figures) {
      ofModes.hidden = figures?.modes === undefined;
      modes!.textContent = `${figures?.modes ?? NONE} of 8`;
      precision!.textContent = percent(figures?.precision);
      recall!.textContent = percent(figures?.recall);
    },
  };
}
