/** What a run was trained with, in words. */

import type { ModelName, RunDescription } from '../run-folder.ts';
import type { Environment } from './environment.ts';

const MODEL_NAMES: Readonly<Record<ModelName, string>> = {
  compact: 'Compact GAN',
  dense: 'Dense GAN',
  refined: 'Refined dense GAN',
  conv: 'Convolutional GAN',
  conditional: 'Class-conditional GAN',
  autoencoder: 'Autoencoder',
};

export function modelName({ model, width }: RunDescription): string {
  return width === undefined || width === 1 ? MODEL_NAMES[model] : `${MODEL_NAMES[model]}, width ${width}`;
}

/** Such as "10,000 images of 28 × 28 pixels, grey". */
export function imagesName({ images, imageShape = [28, 28, 1] }: RunDescription): string {
  const [height, width, channels] = imageShape;
  const colours = channels === 3 ? 'in colour' : 'grey';
  return `${images.toLocaleString('en-US')} images of ${height} × ${width} pixels, ${colours}`;
}

/** Such as "2 h 5 min", "3 min 20 s", "12.3 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The names and values of all settings. */
export function settings(run: RunDescription): [name: string, value: string][] {
  const options = { ...(run.model === 'autoencoder' ? AUTOENCODER_DEFAULTS : GAN_DEFAULTS), ...defined(run.options) };
  const given = Object.entries(options);
  const words = given.map(([name, value]): [string, string] => {
    return [SETTING_NAMES[name] ?? inWords(name), name === 'gradientPenalty' ? penaltyName(`${value}`) : `${value}`];
  });
  return [
    ['model', modelName(run)],
    ['images', imagesName(run)],
    ['epochs', `${run.epochs}`],
    ['batch size', `${run.batchSize}`],
    ['seed', `${run.seed}`],
    ...words,
    ['all others', 'their defaults'],
  ];
}

/** The defaults of trainAutoencoder and trainGan. */
const AUTOENCODER_DEFAULTS = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999 };
const GAN_DEFAULTS = { ...AUTOENCODER_DEFAULTS, learningRate: 1e-4, loss: 'nonSaturating' };

function defined<T>(options: Readonly<Record<string, T | undefined>>): Record<string, T | undefined> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const SETTING_NAMES: Readonly<Record<string, string>> = {
  learningRate: "Adam's learning rate",
  beta1: "Adam's beta1",
  beta2: "Adam's beta2",
  emaMomentum: 'momentum of the averaged generator',
  decay: 'share of the steps in which the rate falls to 0',
};

/** r1:3:2 becomes "r1, weight 3, every 2 steps". */
function penaltyName(text: string): string {
  const [kind, weight, every] = text.split(':');
  const parts = [kind, weight && `weight ${weight}`, every && every !== '1' && `every ${every} steps`];
  return parts.filter((part) => part).join(', ');
}

/** labelSmoothing becomes "label smoothing". */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function environmentTable({ machine, ganvas, runtime }: Environment): [name: string, value: string][] {
  return [
    ['processor', `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB`],
    ['system', machine.platform],
    ['engine', `Node ${machine.node}, V8 ${machine.v8}`],
    ['ganvas', ganvas],
    ['threads', `${runtime.threads}: ${runtime.reasons.threads}`],
    ['kernels', `${runtime.kernels}: ${runtime.reasons.kernels}`],
  ];
}
