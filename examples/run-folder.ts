/**
 * The folder of a training: run.json describes the training, weights/epoch-NNN.safetensors has the weights of kept
 * epochs, generator.safetensors the final weights. `npm run train` writes it; evaluate and compare read it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../bench/support/command-line.ts';
import { ArgumentError, type ResumeEvent, type Shape } from '../src/index.ts';
import { writeFileAtomic } from '../src/node/index.ts';
import type { Environment } from './report/environment.ts';

export const MODELS = ['compact', 'dense', 'refined', 'conv', 'conditional', 'autoencoder'] as const;
export type ModelName = (typeof MODELS)[number];

export const RUNS = 'runs';

/** The content of run.json. */
export interface RunDescription {
  readonly model: ModelName;
  /** Only for the convolutional pairs. */
  readonly width?: number | undefined;
  readonly images: number;
  /** The shape of an image, unless they are digits. */
  readonly imageShape?: Shape | undefined;
  readonly batchSize: number;
  readonly seed: number;
  readonly epochs: number;
  /** Only options that change the result; threads and kernels do not. */
  readonly options: Readonly<Record<string, string | number | undefined>>;
  /** Further flags that --resume takes again: where the images are, threads. Absent in runs of earlier versions. */
  readonly flags?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Time of all epochs, without pictures and checkpoints. Absent until the training is finished. */
  readonly seconds?: number | undefined;
  /** The command that repeats the training. */
  readonly command?: string | undefined;
  /** Where it is trained. Absent until the first epoch is finished. */
  readonly environment?: Environment | undefined;
}

const DESCRIPTION = 'run.json';

/** The shape of images that are no digits, for run.json. */
export function otherShape(shape: Shape): Shape | undefined {
  return shape.join() === '28,28,1' ? undefined : shape;
}

/** Makes the folder and its subfolders if they do not exist. */
export function makeRunFolder(folder: string): void {
  mkdirSync(join(folder, 'weights'), { recursive: true });
}

export async function writeDescription(folder: string, description: RunDescription): Promise<void> {
  await writeText(join(folder, DESCRIPTION), JSON.stringify(description, undefined, 2));
}

/** Undefined if the folder has no run.json. */
export function readDescription(folder: string): RunDescription | undefined {
  const path = join(folder, DESCRIPTION);
  if (!existsSync(path)) return undefined;
  const run: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const model = typeof run === 'object' && run !== null && 'model' in run ? run.model : undefined;
  if (!MODELS.some((one) => one === model)) {
    throw new ArgumentError(`${path}: model must be one of ${MODELS.join(', ')}; got ${String(model)}`);
  }
  for (const name of ['options', 'flags']) checkScalars(path, name, (run as Readonly<Record<string, unknown>>)[name]);
  return run as RunDescription;
}

/** A run.json can be edited by hand. */
function checkScalars(path: string, name: string, fields: unknown): void {
  const entries: [string, unknown][] = typeof fields === 'object' && fields !== null ? Object.entries(fields) : [];
  for (const [field, value] of entries) {
    if (['string', 'number', 'boolean'].includes(typeof value)) continue;
    throw new ArgumentError(`${path}: ${name}.${field} must be a text, a number or true; got ${JSON.stringify(value)}`);
  }
}

export function epochName(epoch: number): string {
  return `epoch-${String(epoch).padStart(3, '0')}`;
}

/** The weight files of generators in the folder: kept epochs in order, then the final weights. */
export function weightFiles(folder: string): string[] {
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`);
  const kept = existsSync(join(folder, 'weights')) ? readdirSync(join(folder, 'weights')) : [];
  return [
    ...kept
      .filter((name) => /^epoch-\d+\.safetensors$/.test(name))
      .sort()
      .map((name) => join('weights', name)),
    ...readdirSync(folder)
      .filter((name) => /^generator.*\.safetensors$/.test(name))
      .sort(),
  ];
}

/** The final weights of the generator that drew the samples: the averaged ones, if the training kept an average. */
export function finalGenerator(folder: string): string {
  const averaged = join(folder, 'generator-average.safetensors');
  return existsSync(averaged) ? averaged : join(folder, 'generator.safetensors');
}

/** Such as runs/dense-20250131-235959. */
export function newRun(model: ModelName): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return join(RUNS, `${model}-${time}`);
}

/** The newest run of one of these models, or undefined. */
export function newestRun(models: readonly ModelName[]): string | undefined {
  const names = existsSync(RUNS) ? readdirSync(RUNS) : [];
  const time = (name: string): string => /^([a-z]+)-(\d{8}-\d{6})$/.exec(name)?.[2] ?? '';
  const runs = names.filter((name) => time(name) !== '' && models.some((model) => name.startsWith(`${model}-`)));
  const newest = runs.sort((a, b) => (time(a) < time(b) ? -1 : 1)).at(-1);
  return newest === undefined ? undefined : join(RUNS, newest);
}

export async function writeText(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, new TextEncoder().encode(`${text}\n`));
}

/** A line for each checkpoint that was passed over, and where the training goes on. */
export function describeResume({ epoch, step, checkpoint, skipped }: ResumeEvent, folder: string): string {
  const start = checkpoint === undefined ? `no checkpoint in ${folder}, starting` : `resuming from ${checkpoint}`;
  const lines = skipped.map(({ name, error }) => `skipping ${name}: ${error instanceof Error ? error.message : error}`);
  return [...lines, `${start} in epoch ${epoch} with ${step} steps done`].join('\n');
}
