import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataset, memoryCheckpoints, trainAutoencoder, trainClassifier, trainGan } from '../../src/index.ts';
import { tensorboardLog } from '../../src/node/tensorboard.ts';
import { pseudoBytes, readPng } from '../image/png-reader.ts';
import { temporaryFolders } from '../support/folder.ts';
import { wrong } from '../support/thrown.ts';
import { readEvents } from './event-reader.ts';

const newFolder = temporaryFolders();
const filesOf = (folder: string): string[] => readdirSync(folder).sort();
const eventsOf = (folder: string, file = 0) => readEvents(join(folder, filesOf(folder)[file]!));
const samples = { shape: [3, 4, 4, 3], data: new Float32Array(144).fill(0.5) };

describe('tensorboardLog', () => {
  test('refuses a validation that is no object of numbers, a revoked proxy too', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const validation of [proxy, 5, [1]]) {
      const event = wrong<{ epoch: number }>({ epoch: 1, validation });
      expect(() => tensorboardLog(newFolder()).onEpoch(event)).toThrow(
        /^tensorboardLog: event.validation must be an object of numbers/,
      );
    }
  });

  test('begins with the version and the start; steps and epochs stand at the steps of the whole training', () => {
    const folder = join(newFolder(), 'new', 'run');
    const log = tensorboardLog(folder, { columns: 2, margin: 1 });
    for (let epoch = 1; epoch <= 2; epoch++) {
      for (let step = 1; step <= 2; step++) {
        log.onStep({ epoch, step, stepsPerEpoch: 2, generatorLoss: epoch, discriminatorLoss: step / 2 });
      }
      log.onEpoch({ epoch, seconds: 1.5, generatorLoss: 0.25, validation: { generatorLoss: 4 }, samples });
    }
    const events = eventsOf(folder);
    expect(events[0]).toEqual({ step: 0, content: 'brain.Event:2' });
    expect(events[1]).toEqual({ step: 1, content: 'start' });
    expect(events.map(({ step }) => step)).toEqual([0, 1, 1, 2, 2, 3, 4, 4]);
    expect(events[3]!.content).toEqual({ 'step/generator_loss': 1, 'step/discriminator_loss': 1 });
    const { samples: image, ...scalars } = events[4]!.content as Record<string, { size: number[]; png: Buffer }>;
    expect(scalars).toEqual({ 'epoch/seconds': 1.5, 'epoch/generator_loss': 0.25, 'validation/generator_loss': 4 });
    expect(image!.size).toEqual([11, 11, 3]);
    const png = readPng(image!.png);
    expect([png.width, png.height, png.pixels.length]).toEqual([11, 11, 363]);
  });

  test('a resumed training adds a file that starts at its first step, named after the earlier ones', () => {
    const folder = newFolder();
    const step = (epoch: number, at: number): void =>
      tensorboardLog(folder).onStep({ epoch, step: at, stepsPerEpoch: 10, loss: 1 });
    step(1, 1);
    step(3, 5);
    step(1, 1);
    writeFileSync(join(folder, 'losses.csv'), '');
    const starts = [0, 1, 2].map((file) => eventsOf(folder, file).map((event) => event.step));
    expect(starts).toEqual([
      [0, 1, 1],
      [0, 25, 25],
      [0, 1, 1],
    ]);
  });

  test('an epoch whose steps were all done before the resume stands at its last step', () => {
    const folder = newFolder();
    const log = tensorboardLog(folder);
    log.onResume({ epoch: 4, step: 9 });
    log.onEpoch({ epoch: 4, loss: 2 });
    expect(eventsOf(folder).map(({ step }) => step)).toEqual([0, 36, 36]);
  });

  test('without onStep the axis counts epochs; samples that are no pictures are left out', () => {
    const folder = newFolder();
    const log = tensorboardLog(folder);
    log.onEpoch({ epoch: 7, loss: 2, samples: { shape: [5, 2], data: new Float32Array(10) } });
    expect(eventsOf(folder)[2]).toEqual({ step: 7, content: { 'epoch/loss': 2 } });
  });

  test('a file in place of the directory is a RuntimeError that names it', () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, '');
    expect(() => tensorboardLog(path).onEpoch({ epoch: 1, loss: 1 })).toThrow(
      /^tensorboardLog: cannot write ".*file": EEXIST/,
    );
  });

  test('an event without its place is refused before anything is written', () => {
    const folder = join(newFolder(), 'none');
    expect(() => tensorboardLog(folder).onStep({ epoch: 1, step: 0, stepsPerEpoch: 3 })).toThrow(
      'event.step must be a whole number of at least 1; got 0',
    );
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  test('every training takes it', async () => {
    const images = dataset(pseudoBytes(5, 8 * 784), [8, 28, 28, 1]);
    const labels = [0, 1, 2, 3, 4, 5, 6, 7];
    const some = { images, epochs: 1, batchSize: 4, threads: 1 };
    const tags = async (train: (log: ReturnType<typeof tensorboardLog>) => Promise<unknown>): Promise<string[]> => {
      const folder = newFolder();
      await train(tensorboardLog(folder));
      return [
        ...new Set(
          eventsOf(folder).flatMap(({ content }) => (typeof content === 'string' ? [] : Object.keys(content))),
        ),
      ];
    };
    expect(await tags((log) => trainGan({ ...some, ...log, sampleCount: 2 }))).toEqual([
      ...['step/generator_loss', 'step/discriminator_loss'],
      ...['epoch/generator_loss', 'epoch/discriminator_loss', 'epoch/seconds', 'samples'],
    ]);
    expect(await tags((log) => trainAutoencoder({ ...some, ...log, validation: { images } }))).toEqual([
      ...['step/loss', 'epoch/loss', 'epoch/seconds', 'validation/loss'],
    ]);
    const checkpoint = memoryCheckpoints();
    expect(await tags((log) => trainClassifier({ ...some, labels, ...log, checkpoint, resume: true }))).toEqual([
      ...['step/loss', 'step/accuracy', 'epoch/loss', 'epoch/accuracy', 'epoch/seconds'],
    ]);
  });
});
