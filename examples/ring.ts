/**
 * Trains a GAN on points of a ring of eight Gaussians and plots them: `npm run ring`. Real points are blue, generated
 * ones red. It prints how many of the eight modes the generator covers, and which share of its points is near a mode.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { helpText, type Options, readCommandLine, readWholeNumber, runCommand } from '../bench/support/command-line.ts';
import type { Tensor } from '../src/index.ts';
import { saveImage } from '../src/node/index.ts';
import { scoreRing, trainRing } from './ring-gan.ts';
import { RUNS } from './run-folder.ts';
import { scatterPlot } from './scatter.ts';

const USAGE = 'npm run ring';
const OPTIONS = {
  epochs: { type: 'string', value: 'N', help: 'passes over the points, 100 steps each (default 30)' },
  seed: { type: 'string', value: 'N', help: 'random seed; equal seeds give equal bits (default 42)' },
  out: { type: 'string', value: 'DIR', help: 'folder of the pictures (default runs/ring)' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

const SIDE = 400;
const BLUE = [30, 90, 220] as const;
const RED = [220, 40, 30] as const;

function describe(points: Tensor): string {
  const { covered, highQuality } = scoreRing(points);
  const near = `${(100 * highQuality).toFixed(1)} % of the points within 3 standard deviations`;
  return `${covered} of 8 modes covered, ${near}`;
}

await runCommand(USAGE, async () => {
  const { values } = readCommandLine(process.argv.slice(2), OPTIONS);
  if (values.help) return console.log(helpText(USAGE, OPTIONS));
  const folder = values.out ?? join(RUNS, 'ring');
  mkdirSync(folder, { recursive: true });
  const epochs = readWholeNumber(values, 'epochs', 1) ?? 30;
  const save = (name: string, real: Tensor, samples: Tensor): Promise<void> => {
    const some = real.data.subarray(0, samples.size);
    const sets = [
      { points: some, color: BLUE },
      { points: samples.data, color: RED },
    ];
    return saveImage(join(folder, `${name}.png`), scatterPlot(sets, SIDE));
  };
  await trainRing(epochs, readWholeNumber(values, 'seed', 0) ?? 42, async ({ epoch, real, samples }) => {
    if (epoch % 5 !== 0 && epoch !== 1 && epoch !== epochs) return;
    console.log(`epoch ${epoch}/${epochs}: ${describe(samples)}`);
    await save(`epoch-${String(epoch).padStart(3, '0')}`, real, samples);
  });
  console.log(`Pictures are in ${folder}`);
});
