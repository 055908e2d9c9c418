import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../bench/support/command-line.ts';
import { optionsOf, readFlags, type TrainingOptions } from '../../examples/options.ts';
import { furtherFlags, resumedOptions, resumeRun } from '../../examples/resume.ts';
import type { RunDescription } from '../../examples/run-folder.ts';
import { temporaryFolders } from '../support/folder.ts';

const newFolder = temporaryFolders();
const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
const flagsOf = (line: string): ReturnType<typeof readFlags> => readFlags(words(line));

/** What a training with these options writes to run.json, as JSON gives it back. */
function descriptionOf(options: TrainingOptions): RunDescription {
  const { model, width, batchSize, seed, epochs, loss, labelSmoothing, emaMomentum, augment, decay } = options;
  const { kind, weight, every } = options.gradientPenalty ?? {};
  const written: RunDescription = {
    ...{ model, width, images: 100, batchSize, seed, epochs },
    options: {
      ...{ ...options.adam, loss, labelSmoothing, emaMomentum, decay: decay || undefined },
      augment: augment.length > 0 ? augment.join() : undefined,
      gradientPenalty: kind && [kind, weight, every].filter((value) => value !== undefined).join(':'),
      discriminatorSteps: options.discriminatorSteps > 1 ? options.discriminatorSteps : undefined,
    },
    flags: furtherFlags(options),
  };
  return JSON.parse(JSON.stringify(written));
}

const resumed = (start: string, now: string): TrainingOptions =>
  resumedOptions(flagsOf(now), descriptionOf(optionsOf(flagsOf(start))), 'runs/x');

describe('--resume', () => {
  test.each([
    '',
    '--model dense --seed 7 --batch-size 32',
    '--model conv --width 0.5 --decay 0.3 --learning-rate 1e-7 --beta1 0',
    '--data some/where --limit 500 --threads 2 --kernels simd --wide --keep 1,2 --checkpoint-every 10',
    '--images some/where --size 32 --gradient-penalty none --augment translation,cutout',
    '--loss hinge --ema 0.9 --discriminator-steps 3 --gradient-penalty wgan-gp',
    '--model refined --loss leastSquares --label-smoothing 0.1 --gradient-penalty r1r2:2:4',
  ])('alone takes the options of the start: %s', (start) => {
    expect(resumed(start, '--resume')).toEqual({ ...optionsOf(flagsOf(start)), resume: true });
    expect(resumed(start, `--resume ${start}`)).toEqual({ ...optionsOf(flagsOf(start)), resume: true });
  });

  test('takes what does not change the bits, and the number of epochs, from the flags beside it', () => {
    const start = '--model dense --epochs 5 --threads 1 --keep 1';
    const changed = '--epochs 9 --threads 2 --kernels portable --wide --keep 3 --checkpoint-every 7';
    expect(resumed(start, changed)).toEqual(optionsOf(flagsOf(`--model dense ${changed}`)));
  });

  test.each([
    [
      '--model dense',
      '--model conv',
      '--model conv contradicts the run in runs/x, which was started with --model dense',
    ],
    ['--seed 3', '--seed 4', '--seed 4 contradicts the run in runs/x, which was started with --seed 3. Leave it out'],
    ['', '--loss hinge', '--loss hinge contradicts the run in runs/x, which was started without --loss'],
    ['', '--limit 5', '--limit 5 contradicts the run in runs/x, which was started without --limit'],
    ['--data a', '--images b', '--images b contradicts the run in runs/x, which was started without --images'],
    ['--data a', '--data b', '--data b contradicts the run in runs/x, which was started with --data a'],
    ['', '--gradient-penalty none', '--gradient-penalty none contradicts .* started with --gradient-penalty r1:3:2'],
    ['--decay 0.5 --epochs 4', '--epochs 5', '--epochs 5 contradicts .* with --decay 0.5 its learning rate depends on'],
  ])('after "%s" refuses "%s"', (start, now, message) => {
    expect(() => resumed(start, now)).toThrow(UsageError);
    expect(() => resumed(start, now)).toThrow(new RegExp(message));
  });

  test('a flag that repeats a default is no contradiction', () => {
    expect(resumed('', '--batch-size 64 --gradient-penalty r1:3:2 --discriminator-steps 1')).toEqual(
      optionsOf(flagsOf('')),
    );
  });

  test('a run.json of earlier versions lets the images be named, and nothing else', () => {
    const { flags: _, ...run } = descriptionOf(optionsOf(flagsOf('--model dense --seed 3 --data a --limit 9')));
    const given = flagsOf('--data a --limit 9');
    expect(resumedOptions(given, run, 'x')).toEqual(
      optionsOf(flagsOf('--model dense --seed 3 --data a --limit 9 --batch-size 256')),
    );
    expect(() => resumedOptions(flagsOf('--seed 4'), run, 'x')).toThrow('started with --seed 3');
  });
});

describe('resumeRun', () => {
  test('without run.json the flags are taken as they are: the run begins', () => {
    const out = newFolder();
    const { folder, options, run } = resumeRun(flagsOf(`--resume --model dense --out ${out}`));
    expect({ folder, options, run }).toEqual({
      folder: out,
      options: optionsOf(flagsOf(`--resume --model dense --out ${out}`)),
      run: undefined,
    });
  });

  test('refuses a run.json whose fields are no texts or numbers', () => {
    const out = newFolder();
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'run.json'), '{ "model": "dense", "options": { "beta1": [1] } }');
    expect(() => resumeRun(flagsOf(`--out ${out}`))).toThrow('options.beta1 must be a text, a number or true; got [1]');
    writeFileSync(join(out, 'run.json'), '{ "model": "dense", "seed": "x" }');
    expect(() => resumeRun(flagsOf(`--out ${out}`))).toThrow('--seed must be a whole number of at least 0, got "x"');
  });
});
