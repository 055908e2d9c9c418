import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createReporter } from '../../../examples/report/reporter.ts';
import { writeRunReport } from '../../../examples/report/run-report.ts';
import type { RunDescription } from '../../../examples/run-folder.ts';
import { createRandom, type Evaluation, evaluateImages, layers, reshape, sequential } from '../../../src/index.ts';
import { saveImage } from '../../../src/node/index.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'ganvas-report-')), 'a <run>');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUN: RunDescription = {
  ...{ model: 'dense', images: 20, batchSize: 10, seed: 7, epochs: 3 },
  options: { learningRate: 0.5, loss: 'hinge' },
  command: "npm run train -- --data 'a <b'",
};

const html = (): string => readFileSync(join(folder, 'report.html'), 'utf8');
const writeRun = (others: Partial<RunDescription> = {}): void =>
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...RUN, ...others }));

/** Two epochs of two steps, and a picture of each. */
async function trainTwo(): Promise<void> {
  writeRun();
  writeFileSync(
    join(folder, 'losses.csv'),
    ['epoch,step,generator_loss,discriminator_loss', '1,1,4,2', '1,2,3,1', '2,1,2,3', '2,2,1,3'].join('\n'),
  );
  for (const epoch of [1, 2]) {
    const samples = createRandom(epoch).uniform([2, 3, 3, 1], -1, 1);
    await saveImage(join(folder, `epoch-00${epoch}.png`), samples);
  }
}

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
});

describe('the report of a run', () => {
  test('shows the settings, the losses and a picture of each epoch, and how to go on', async () => {
    await trainTwo();
    expect(await writeRunReport(folder)).toBe(true);
    const page = html();
    expect(page).toContain('<h1>Dense GAN</h1>');
    expect(page).toContain('<dt>epochs</dt><dd>2 of 3</dd>');
    expect(page).toContain('<th scope="row">loss</th><td>hinge</td>');
    expect(page).toContain('<th scope="row">Adam\'s learning rate</th><td>0.5</td>');
    // The default of adam().
    expect(page).toContain('<th scope="row">Adam\'s beta1</th><td>0.9</td>');
    expect(page.match(/<li><img src="data:image\/png;base64,[\w+/=]+" alt="Samples after epoch \d">/g)).toHaveLength(2);
    expect(page).toContain('discriminator 3.00');
    expect(page).toContain("npm run train -- --data 'a &lt;b'");
    expect(page).toContain('npm run train -- --resume --out');
    expect(page).not.toContain('A walk');
    expect(readFileSync(join(folder, 'losses.svg'), 'utf8')).toContain('<title>Losses</title>');
  });

  test('needs nothing but itself, and escapes what it shows', async () => {
    await trainTwo();
    await writeRunReport(folder);
    const addresses = [...html().matchAll(/(?:src|href|srcset)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.filter((address) => !address.startsWith('data:image/png;base64,'))).toEqual([]);
    expect(html()).not.toMatch(/<run>|url\(|@import/);
  });

  test('says whether the training goes on, has stopped or is finished', async () => {
    await trainTwo();
    await writeRunReport(folder, true);
    expect(html()).toContain('The training goes on. This is its state after epoch 2');
    writeRun({ seconds: 75 });
    await writeRunReport(folder);
    expect(html()).toContain('The training is finished.');
    expect(html()).toContain('<dt>training time</dt><dd>1 min 15 s</dd>');
  });

  test('shows the latest evaluation, with the distance of kept epochs', async () => {
    await trainTwo();
    const random = createRandom(1);
    const images = random.uniform([20, 3, 3, 1], -1, 1);
    const { protocol, rows } = evaluateImages({
      generated: random.uniform([20, 3, 3, 1], -1, 1),
      real: images,
      training: images,
      features: (batch) => reshape(batch, [batch.shape[0]!, 9]),
    });
    const { metrics } = rows.at(-1)!;
    const evaluation: Evaluation = {
      protocol,
      rows: [...rows.slice(0, 2), { name: 'weights/epoch-001', metrics }, { name: 'generator', metrics }],
    };
    writeFileSync(join(folder, 'evaluation.json'), JSON.stringify(evaluation));
    await writeRunReport(folder);
    expect(html()).toContain('<title>Frechet distance to real images</title>');
    expect(html()).toContain('<th scope="row">weights/epoch-001</th>');
    expect(html()).not.toContain('npm run evaluate');
  });

  test('is not written for a folder without run.json; what is not there yet is left out', async () => {
    expect(await writeRunReport(folder)).toBe(false);
    expect(existsSync(join(folder, 'report.html'))).toBe(false);
    writeRun();
    expect(await writeRunReport(folder, true)).toBe(true);
    expect(html()).toContain('There is a picture after the first epoch.');
    expect(html()).toContain('npm run evaluate -- ');
    // npm run evaluate compares with digits only.
    writeRun({ imageShape: [16, 16, 3], options: { gradientPenalty: 'r1:3:2' } });
    await writeRunReport(folder, true);
    expect(html()).not.toContain('npm run evaluate');
    expect(html()).toContain('20 images of 16 × 16 pixels, in colour');
    expect(html()).toContain('<td>r1, weight 3, every 2 steps</td>');
    expect(existsSync(join(folder, 'losses.svg'))).toBe(false);
  });
});

describe('a reporter', () => {
  test('writes at most so often that it takes a hundredth of the time', async () => {
    await trainTwo();
    const times = [0, 0.2, 10, 20.19, 20.21, 20.51, 50];
    const reporter = createReporter(folder, RUN, () => times.shift()!);
    const written = async (): Promise<boolean> => {
      rmSync(join(folder, 'report.html'), { force: true });
      await reporter.onEpoch();
      return existsSync(join(folder, 'report.html'));
    };
    // The first took 0.2, so the next is due at 0.2 + 20; that one took 0.3.
    expect([await written(), await written(), await written(), await written(), await written()]).toEqual([
      ...[true, false, false, true, false],
    ]);
    expect(times).toEqual([]);
  });

  test('at the end writes the animations, and what was used into run.json', async () => {
    await trainTwo();
    const generator = sequential([
      layers.dense({ units: 9, inputShape: [2], activation: 'tanh' }),
      layers.reshape({ targetShape: [3, 3, 1] }),
    ]);
    await createReporter(folder, RUN).close(generator, undefined, [{ seconds: 2 }, { seconds: 3.5 }]);
    const run: RunDescription = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    expect(run).toMatchObject({ ...RUN, seconds: 5.5, environment: { machine: { node: process.version } } });
    // Two pictures, the last of them ten times; and 4 stations of 12 steps.
    expect(frames('training.apng')).toBe(11);
    expect(frames('interpolation.apng')).toBe(48);
    expect(html()).toContain('A walk between noises');
  });
});

/** The number in the chunk acTL, which begins with its type. */
function frames(name: string): number {
  const file = readFileSync(join(folder, name));
  return file.readUInt32BE(file.indexOf('acTL') + 4);
}
