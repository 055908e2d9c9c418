/**
 * The settings of a training of the studio, and their form in the URL: `#model=dense&seed=7`. Those that the model's
 * recipe has anyway are left out there.
 */
import type { AugmentationKind, GanLoss, GradientPenaltyKind, GradientPenaltyOptions } from '../../../src/index.ts';
import type { GanName } from '../../gan-networks.ts';
import { RECIPES } from '../../recipes.ts';

// Names and labels. The library has lists of these names too, but they would bring the kernels into the page.

export const MODELS: Readonly<Record<GanName, string>> = {
  compact: 'Compact: convolutions, the best here',
  conv: 'DCGAN at a quarter of its width',
  refined: 'Refined: dense layers, black background',
  dense: 'Dense: the pair of tutorials',
  conditional: 'Conditional: draws the digit asked for',
};

export const LOSSES: Readonly<Record<GanLoss, string>> = {
  nonSaturating: 'Non-saturating',
  minimax: 'Minimax',
  leastSquares: 'Least squares',
  hinge: 'Hinge',
  wasserstein: 'Wasserstein',
  relativistic: 'Relativistic',
};

export const PENALTIES: Readonly<Record<'none' | GradientPenaltyKind, string>> = {
  none: 'None',
  r1: 'R1',
  r1r2: 'R1 and R2',
  'wgan-gp': 'WGAN-GP',
};

export const AUGMENTATIONS: Readonly<Record<'none' | AugmentationKind, string>> = {
  none: 'None',
  translation: 'Translation',
  cutout: 'Cutout',
  brightness: 'Brightness',
  contrast: 'Contrast',
  saturation: 'Saturation',
};

export interface Settings {
  readonly model: GanName;
  readonly loss: GanLoss;
  readonly penalty: 'none' | GradientPenaltyKind;
  readonly penaltyWeight: number;
  readonly penaltyEvery: number;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  readonly augment: AugmentationKind | 'none';
  readonly batchSize: number;
  readonly seed: number;
  readonly epochs: number;
  /** The first so many images are used. */
  readonly images: number;
}

/** The learning rate of trainGan's default optimizers. */
const LEARNING_RATE = 1e-4;
const ALL = 10_000;

/** The recipe of a model for the 10,000 digits, which `npm run train` has too. */
export function recipeOf(model: GanName): Settings {
  const { adam, loss = 'nonSaturating', gradientPenalty, batchSize, epochs } = RECIPES[model];
  const { learningRate = LEARNING_RATE } = adam;
  return {
    model,
    loss,
    penalty: gradientPenalty?.kind ?? 'none',
    penaltyWeight: gradientPenalty?.weight ?? 1,
    penaltyEvery: gradientPenalty?.every ?? 1,
    generatorRate: learningRate,
    discriminatorRate: learningRate,
    augment: 'none',
    batchSize: batchSize[1],
    seed: 42,
    epochs: epochs[1],
    images: ALL,
  };
}

export function penaltyOf({ penalty, penaltyWeight, penaltyEvery }: Settings): GradientPenaltyOptions | undefined {
  return penalty === 'none' ? undefined : { kind: penalty, weight: penaltyWeight, every: penaltyEvery };
}

export type NumberName = Exclude<keyof Settings, 'model' | 'loss' | 'penalty' | 'augment'>;

/** The numbers among the settings, and what each may be. */
export const NUMBERS: Readonly<Record<NumberName, { low: number; high: number; whole: boolean }>> = {
  penaltyWeight: { low: 0, high: 1000, whole: false },
  penaltyEvery: { low: 1, high: 100, whole: true },
  generatorRate: { low: 0, high: 1, whole: false },
  discriminatorRate: { low: 0, high: 1, whole: false },
  batchSize: { low: 1, high: 1024, whole: true },
  seed: { low: 0, high: 2 ** 32 - 1, whole: true },
  epochs: { low: 1, high: 10_000, whole: true },
  images: { low: 1, high: 1_000_000, whole: true },
};

/** A number in the range of a setting; undefined for anything else. */
export function readNumber(name: NumberName, text: string): number | undefined {
  const { low, high, whole } = NUMBERS[name];
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : undefined;
}

function readName<Name extends string>(names: Readonly<Record<Name, string>>, text: string | null): Name | undefined {
  return (Object.keys(names) as Name[]).find((name) => name === text);
}

/** The settings that the text of a URL names. What it has wrongly, or not at all, is left out. */
export function namedSettings(parameters: URLSearchParams): Partial<Settings> {
  const numbers = Object.keys(NUMBERS).flatMap((name) => {
    const value = readNumber(name as NumberName, parameters.get(name) ?? '');
    return value === undefined ? [] : [[name, value] as const];
  });
  const names = {
    model: readName(MODELS, parameters.get('model')),
    loss: readName(LOSSES, parameters.get('loss')),
    penalty: readName(PENALTIES, parameters.get('penalty')),
    augment: readName(AUGMENTATIONS, parameters.get('augment')),
  };
  return {
    ...Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined)),
    ...Object.fromEntries(numbers),
  };
}

/** The recipe of the named model, or of the compact one, with the named settings in place of its own. */
export function completed(named: Partial<Settings>): Settings {
  return { ...recipeOf(named.model ?? 'compact'), ...named };
}

/** The settings that differ from the recipe of their model. */
export function differences(settings: Settings): Partial<Settings> {
  const recipe = recipeOf(settings.model);
  const own = (Object.keys(settings) as (keyof Settings)[]).filter((name) => settings[name] !== recipe[name]);
  return {
    ...(settings.model !== 'compact' && { model: settings.model }),
    ...Object.fromEntries(own.map((name) => [name, settings[name]])),
  };
}

/** Whether `settings` has all that is named. */
export function agrees(named: Partial<Settings>, settings: Settings): boolean {
  return (Object.keys(named) as (keyof Settings)[]).every((name) => named[name] === settings[name]);
}
