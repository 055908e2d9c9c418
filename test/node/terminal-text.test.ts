import { describe, expect, test } from 'vitest';
import {
  epochLine,
  formatDuration,
  formatRate,
  type Progress,
  progressBar,
  progressLine,
  secondsLeft,
} from '../../src/node/terminal-text.ts';

const progress: Progress = {
  epoch: 3,
  epochs: 100,
  step: 20,
  stepsPerEpoch: 40,
  generatorLoss: 0.72314,
  discriminatorLoss: 1.2,
  stepsPerSecond: 48.21,
};

describe('formatDuration', () => {
  test('shows minutes, hours and days; rounds before it splits, so 59.6 s is 1:00 and not 0:60', () => {
    const cases = [0, 7.4, 59.4, 59.6, 725, 3599.5, 3729, 86399.7, 183600];
    expect(cases.map(formatDuration)).toEqual([
      ...['0:00', '0:07', '0:59', '1:00', '12:05', '1:00:00', '1:02:09', '1d 0:00:00', '2d 3:00:00'],
    ]);
  });

  test('what is not a time is "?"', () => {
    expect([Number.NaN, Infinity, -1].map(formatDuration)).toEqual(['?', '?', '?']);
  });
});

test('formatRate keeps about three digits', () => {
  expect([0.4216, 8.129, 48.21, 312.4].map(formatRate)).toEqual(['0.42', '8.13', '48.2', '312']);
});

test('secondsLeft counts the rest of this epoch and all later ones', () => {
  // 97 epochs of 40 steps and 20 steps are 3900.
  expect(secondsLeft({ ...progress, stepsPerSecond: 39 })).toBe(100);
  expect(secondsLeft({ ...progress, stepsPerSecond: undefined })).toBeUndefined();
});

test('progressBar has the given width for every share, also below 0 and above 1', () => {
  for (const share of [-1, 0, 0.01, 0.5, 0.99, 1, 2]) expect(progressBar(share, 8)).toHaveLength(8);
  expect(progressBar(0.5, 4)).toBe('██░░');
});

describe('progressLine', () => {
  test('has all its parts at 80 and at 200 characters', () => {
    const words = '20/40  G 0.7231  D 1.2000  48.2 steps/s  1:21 left';
    expect(progressLine(progress, 80)).toBe(`epoch   3/100 ${'█'.repeat(8)}${'░'.repeat(7)} ${words}`);
    expect(progressLine(progress, 200)).toBe(`epoch   3/100 ${'█'.repeat(15)}${'░'.repeat(15)} ${words}`);
  });

  test('drops the rate, then the bar, then the losses, then the time, as it gets narrower', () => {
    const at = (width: number): string => progressLine(progress, width);
    expect(at(64)).toBe('epoch   3/100 ███████░░░░░░ 20/40  G 0.7231  D 1.2000  1:21 left');
    expect(at(55)).toBe('epoch   3/100  20/40  G 0.7231  D 1.2000  1:21 left');
    expect(at(40)).toBe('epoch   3/100  20/40  1:21 left');
    expect(at(25)).toBe('epoch   3/100  20/40');
    expect(at(10)).toBe('20/40');
  });

  test('never exceeds any width, with huge and strange numbers too', () => {
    const cases: Progress[] = [
      progress,
      { ...progress, stepsPerSecond: undefined },
      { ...progress, epoch: 99999, epochs: 100000, step: 1, stepsPerEpoch: 1_000_000, stepsPerSecond: 0.001 },
      { ...progress, generatorLoss: Number.NaN, discriminatorLoss: -1e20 },
    ];
    for (const one of cases) {
      for (let width = 0; width <= 160; width++) {
        expect(progressLine(one, width).length, JSON.stringify({ one, width })).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe('epochLine', () => {
  const summary = { ...progress, seconds: 0.83, secondsLeft: 80.6 };

  test('has all its parts if there is room, else fewer', () => {
    expect(epochLine(summary, 200)).toBe(
      'epoch   3/100  generator loss 0.7231  discriminator loss 1.2000  0.8 s  1:21 left',
    );
    expect(epochLine({ ...summary, secondsLeft: undefined }, 79)).toBe(
      'epoch   3/100  generator loss 0.7231  discriminator loss 1.2000  0.8 s',
    );
    expect(epochLine(summary, 60)).toBe('epoch   3/100  G 0.7231  D 1.2000  0.8 s  1:21 left');
    expect(epochLine(summary, 35)).toBe('epoch   3/100  G 0.7231  D 1.2000');
  });

  test('has the gradient penalty of a training that has one', () => {
    const penalized = { ...summary, gradientPenalty: 0.12345 };
    const long = 'discriminator loss 1.2000  gradient penalty 0.1235  0.8 s  1:21 left';
    expect(epochLine(penalized, 200)).toBe(`epoch   3/100  generator loss 0.7231  ${long}`);
    expect(epochLine(penalized, 80)).toBe('epoch   3/100  G 0.7231  D 1.2000  penalty 0.1235  0.8 s  1:21 left');
    expect(epochLine(penalized, 60)).toBe('epoch   3/100  G 0.7231  D 1.2000  0.8 s  1:21 left');
  });

  test('never exceeds any width', () => {
    for (let width = 0; width <= 100; width++) expect(epochLine(summary, width).length).toBeLessThanOrEqual(width);
  });
});
