import { expect, it } from 'vitest';
import { help, parseOptions } from '../../../bench/quality/options.ts';
import { UsageError } from '../../../bench/support/command-line.ts';
import { parseOptions as parseTraining, TRAINING_OPTIONS } from '../../../examples/options.ts';

it('passes the options of a training on, once for each seed', () => {
  const line = ['--model', 'conv', '--gradient-penalty', 'none', '--wide', '--limit=64', '--kernels', 'simd'];
  const options = parseOptions([...line, '--seeds', '4,5', '--every', '9', '--data', 'some/where']);
  if (options === 'help') throw new Error('unexpected');
  const training = (seed: number): unknown => parseTraining([...line, '--data', 'some/where', '--seed', `${seed}`]);
  expect(options.trainings).toEqual([training(4), training(5)]);
  expect(options).toMatchObject({ every: 9, judge: 'some/where', count: 10_000, out: 'runs/quality-conv' });
});

it('refuses mistakes, and the autoencoder, which is no GAN', () => {
  for (const line of ['--seed 1', '--loss hing', '--seeds 1,x', '--every 0', '--model autoencoder']) {
    expect(() => parseOptions(line.split(' ')), line).toThrow(UsageError);
  }
  expect(() => parseOptions(['--seed', '1'])).toThrow('Did you mean --seeds?');
});

it('the help text names the options of a training too, in lines of at most 80 characters', () => {
  const lines = help().split('\n');
  for (const name of Object.keys(TRAINING_OPTIONS))
    expect(lines.some((line) => line.startsWith(`  --${name} `))).toBe(true);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
});
