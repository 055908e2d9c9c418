/** The settings of the points: names, defaults, and what each may be. The page and the worker share them. */
import type { GanLoss } from '../../../src/index.ts';

export type DistributionName = 'ring' | 'line' | 'moons' | 'spiral';

/** Where the real points come from: a distribution, or the user's hand. */
export type Source = DistributionName | 'drawn';

export const SOURCES: Readonly<Record<Source, string>> = {
  ring: 'Ring',
  line: 'Line',
  moons: 'Moons',
  spiral: 'Spiral',
  drawn: 'Your own',
};

/** The losses with which a discriminator says how real a point is, so that its field is a probability. */
export type PlaneLoss = Extract<GanLoss, 'relativistic' | 'nonSaturating' | 'hinge' | 'wasserstein'>;

export const LOSSES: Readonly<Record<PlaneLoss, string>> = {
  relativistic: 'Relativistic',
  nonSaturating: 'Non-saturating',
  hinge: 'Hinge',
  wasserstein: 'Wasserstein',
};

export interface PlaneSettings {
  readonly loss: PlaneLoss;
  /** Weight of the R1 and R2 penalties; 0 for none. */
  readonly penalty: number;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  /** Of the initial weights, the noise and the points of a distribution. */
  readonly seed: number;
}

export const DEFAULTS: PlaneSettings = {
  loss: 'relativistic',
  penalty: 0.1,
  generatorRate: 2e-3,
  discriminatorRate: 2e-3,
  seed: 42,
};

/** What the page offers. */
export const RATES: readonly number[] = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2];
export const PENALTIES: readonly number[] = [0, 0.01, 0.1, 1];

const MAX_SEED = 2 ** 32 - 1;

/** The settings that the text of a URL names. What it has wrongly, or not at all, is the default. */
export function readSettings(parameters: URLSearchParams): PlaneSettings {
  const among = (name: keyof PlaneSettings, values: readonly number[]): number | undefined =>
    values.find((value) => `${value}` === parameters.get(name));
  return {
    loss: (Object.keys(LOSSES) as PlaneLoss[]).find((one) => one === parameters.get('loss')) ?? DEFAULTS.loss,
    penalty: among('penalty', PENALTIES) ?? DEFAULTS.penalty,
    generatorRate: among('generatorRate', RATES) ?? DEFAULTS.generatorRate,
    discriminatorRate: among('discriminatorRate', RATES) ?? DEFAULTS.discriminatorRate,
    seed: readSeed(parameters.get('seed') ?? '') ?? DEFAULTS.seed,
  };
}

/** A whole number from 0 to 2^32 - 1; undefined for anything else. */
export function readSeed(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= MAX_SEED ? Number(text) : undefined;
}

/** The settings that differ from the defaults; undefined for the others. */
export function differences(settings: PlaneSettings): Readonly<Record<string, string | number | undefined>> {
  const names = Object.keys(settings) as (keyof PlaneSettings)[];
  return Object.fromEntries(
    names.map((name) => [name, settings[name] === DEFAULTS[name] ? undefined : settings[name]]),
  );
}

export function readSource(text: string | null): Source | undefined {
  return (Object.keys(SOURCES) as Source[]).find((name) => name === text);
}
