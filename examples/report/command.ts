/**
 * The command that repeats a training: `npm run train` with the settings that decide its bits. Threads, kernels and the
 * output folder do not, and are left out.
 */
import { parseOptions, type TrainingOptions } from '../options.ts';

/**
 * The arguments of `npm run train --`. Model, epochs, batch size and seed are always named; the others where they
 * differ from what the model has without them.
 */
export function trainingArguments(options: TrainingOptions): string[] {
  const { model, data, images, size, limit, adam, gradientPenalty } = options;
  const flags = (entries: Readonly<Record<string, string | number | undefined>>): string[] =>
    Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, `${value}`]));
  const base = parseOptions(flags({ model, data, images }));
  if (base === 'help') throw new Error('parseOptions: no help was asked for');
  const changed = <K extends keyof TrainingOptions>(key: K): TrainingOptions[K] | undefined =>
    JSON.stringify(options[key]) === JSON.stringify(base[key]) ? undefined : options[key];
  const ofAdam = (key: keyof TrainingOptions['adam']): number | undefined =>
    adam[key] === base.adam[key] ? undefined : adam[key];
  const penalty = (): string =>
    gradientPenalty === undefined
      ? 'none'
      : [gradientPenalty.kind, gradientPenalty.weight, gradientPenalty.every]
          .filter((value) => value !== undefined)
          .join(':');
  return flags({
    ...{ model, width: changed('width'), epochs: options.epochs, 'batch-size': options.batchSize, seed: options.seed },
    ...{ data, images, size, limit },
    ...{ 'learning-rate': ofAdam('learningRate'), beta1: ofAdam('beta1'), beta2: ofAdam('beta2') },
    ...{ loss: changed('loss'), 'label-smoothing': changed('labelSmoothing'), ema: changed('emaMomentum') },
    'gradient-penalty':
      JSON.stringify(gradientPenalty) === JSON.stringify(base.gradientPenalty) ? undefined : penalty(),
    'discriminator-steps': changed('discriminatorSteps'),
    augment: changed('augment')?.join(),
    decay: changed('decay'),
    keep: changed('keep')?.join(),
  });
}

/** The whole command, as a shell takes it. */
export function trainingCommand(options: TrainingOptions): string {
  return `npm run train -- ${trainingArguments(options).map(quoted).join(' ')}`;
}

/** In single quotes if a shell would read it otherwise. */
export function quoted(word: string): string {
  return /^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
