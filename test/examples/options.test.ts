import { describe, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { help, parseOptions } from '../../examples/options.ts';

const parse = (line: string): ReturnType<typeof parseOptions> =>
  parseOptions(line.split(' ').filter((one) => one !== ''));

describe('parseOptions', () => {
  test('has defaults', () => {
    const gradientPenalty = { kind: 'r1', weight: 3, every: 2 };
    const compact = { emaMomentum: 0.999, gradientPenalty, discriminatorSteps: 1, epochs: 50, batchSize: 64 };
    expect(parse('')).toEqual({
      model: 'compact',
      width: 1,
      adam: { learningRate: 2e-3, beta1: 0, beta2: 0.99 },
      loss: undefined,
      labelSmoothing: undefined,
      augment: [],
      decay: 0,
      ...compact,
      seed: 42,
      data: undefined,
      images: undefined,
      size: undefined,
      out: undefined,
      limit: undefined,
      threads: undefined,
      kernels: 'auto',
      wide: false,
      checkpointEvery: undefined,
      resume: false,
      keep: [1, 5, 20, 50, 100],
      tensorboard: false,
    });
  });

  test('trains the other models with the settings of their sources', () => {
    const tutorial = {
      adam: {},
      loss: undefined,
      emaMomentum: undefined,
      gradientPenalty: undefined,
      decay: 0,
      epochs: 100,
    };
    expect(parse('--model dense')).toMatchObject({ ...tutorial, batchSize: 64 });
    expect(parse('--model conditional')).toMatchObject({ ...tutorial, batchSize: 64 });
    expect(parse('--model conv')).toMatchObject({ adam: { learningRate: 2e-4, beta1: 0.5 }, width: 0.25 });
  });

  test('has the batch size of the tutorial for a folder of MNIST', () => {
    expect(parse('--data some/where --model dense')).toMatchObject({ batchSize: 256 });
    expect(parse('--data some/where --model conv')).toMatchObject({ batchSize: 64 });
  });

  test('reads every option, with a space and with =', () => {
    const line =
      '--epochs 3 --batch-size=64 --seed 0 --data some/where --out=runs/x --limit 512 --threads 2 ' +
      '--kernels simd --wide --checkpoint-every 50 --resume --tensorboard --keep 2,3 --model conv --width .5 --loss hinge ' +
      '--learning-rate 0.0004 --beta2 0.98 ' +
      '--label-smoothing 0.1 --ema 0.999 --gradient-penalty wgan-gp:5:3 --discriminator-steps 4 ' +
      '--augment translation,cutout --decay 0.25';
    expect(parse(line)).toEqual({
      model: 'conv',
      width: 0.5,
      adam: { learningRate: 0.0004, beta1: 0.5, beta2: 0.98 },
      loss: 'hinge',
      labelSmoothing: 0.1,
      emaMomentum: 0.999,
      gradientPenalty: { kind: 'wgan-gp', weight: 5, every: 3 },
      discriminatorSteps: 4,
      augment: ['translation', 'cutout'],
      decay: 0.25,
      epochs: 3,
      batchSize: 64,
      seed: 0,
      data: 'some/where',
      images: undefined,
      size: undefined,
      out: 'runs/x',
      limit: 512,
      threads: 2,
      kernels: 'simd',
      wide: true,
      checkpointEvery: 50,
      resume: true,
      keep: [2, 3],
      tensorboard: true,
    });
  });

  test('reads a penalty with and without weight and interval, or none', () => {
    expect(parse('--gradient-penalty r1r2')).toMatchObject({ gradientPenalty: { kind: 'r1r2' } });
    expect(parse('--gradient-penalty r1:.5')).toMatchObject({ gradientPenalty: { kind: 'r1', weight: 0.5 } });
    expect(parse('--gradient-penalty none')).toMatchObject({ model: 'compact', gradientPenalty: undefined });
  });

  test('takes a folder of PNGs and their size, instead of a folder of MNIST', () => {
    expect(parse('--images some/where --size 32')).toMatchObject({ images: 'some/where', size: 32, data: undefined });
  });

  test('uses the last of two values; --help wins over other options', () => {
    expect(parse('--epochs 3 --epochs 5')).toMatchObject({ epochs: 5 });
    expect(parse('--epochs 3 --help')).toBe('help');
  });

  test('refuses mistakes with a UsageError that names the option and the remedy', () => {
    const cases: Readonly<Record<string, string>> = {
      '--epoch 3': 'unknown option --epoch. Did you mean --epochs?',
      '--batchsize 3': 'unknown option --batchsize. Did you mean --batch-size?',
      '--quantum': 'unknown option --quantum',
      '--images a --data b': '--data and --images name different data; give one of them',
      '--size 32': '--size needs --images DIR',
      '--epochs 0': '--epochs must be a whole number of at least 1, got "0"',
      '--epochs=-1': '--epochs must be a whole number of at least 1, got "-1"',
      '--epochs 1e3': 'got "1e3"',
      '--epochs 0x10': 'got "0x10"',
      '--limit 2.5': '--limit must be a whole number of at least 1, got "2.5"',
      '--seed 9007199254740993': '--seed must be a whole number of at least 0',
      '--kernels smid': '--kernels must be one of auto, portable, simd, got "smid". Did you mean simd?',
      '--keep 1,x': '--keep must be a whole number of at least 1, got "x"',
      '--model conf':
        '--model must be one of compact, dense, refined, conv, conditional, autoencoder, got "conf". Did you mean conv?',
      '--gradient-penalty r2': '--gradient-penalty must be one of none, r1, r1r2, wgan-gp, got "r2". Did you mean r1?',
      '--gradient-penalty r1:x': '--gradient-penalty must be a number such as 0.25, got "x"',
      '--gradient-penalty r1:1:0': '--gradient-penalty must be a whole number of at least 1, got "0"',
      '--gradient-penalty r1:1:2:3': '--gradient-penalty must be KIND:WEIGHT:EVERY, got "r1:1:2:3"',
      '--augment cutout,flip': 'must be one of brightness, saturation, contrast, translation, cutout, got "flip"',
      '--width wide': '--width must be a number such as 0.25, got "wide"',
      '--ema=-1': '--ema must be a number such as 0.25, got "-1"',
    };
    for (const [line, message] of Object.entries(cases)) {
      expect(() => parse(line), line).toThrow(UsageError);
      expect(() => parse(line), line).toThrow(message);
    }
  });
});

test('the help text names every option, in lines of at most 80 characters', () => {
  const names = [...help().matchAll(/^ {2}--([a-z0-9-]+)/gm)].map((match) => match[1]);
  expect(names.join(' ')).toBe(
    'model width epochs batch-size data limit learning-rate beta1 beta2 loss label-smoothing ema ' +
      'gradient-penalty discriminator-steps augment decay threads kernels wide ' +
      'seed images size out checkpoint-every keep tensorboard resume help',
  );
  for (const line of help().split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});
