/**
 * Learns to draw handwritten digits: `npm run train`; `npm run train -- --help` lists the options.
 * Writes a picture for each epoch, the losses of each step, checkpoints and weights to one folder.
 *
 * In your own program, import from 'ganvas' and 'ganvas/node' instead of ../src/.
 */
import { runCommand } from '../bench/support/command-line.ts';
import { configureRun } from './configure-run.ts';
import { loadDigits } from './digits.ts';
import { watchForInterruption } from './interruption.ts';
import { type Flags, help, optionsOf, readFlags, USAGE } from './options.ts';
import { loadPictures } from './pictures.ts';
import { checkImageCount, resumeRun } from './resume.ts';
import { makeRunFolder, newRun } from './run-folder.ts';
import { trainAutoencoderRun } from './train-autoencoder.ts';
import { trainGanRun } from './train-gan.ts';

async function train(flags: Flags): Promise<number> {
  const resumed = flags.resume ? resumeRun(flags) : undefined;
  const options = resumed?.options ?? optionsOf(flags);
  await configureRun(options);
  const data =
    options.images === undefined
      ? await loadDigits(options.data, options.limit)
      : await loadPictures(options.images, options.size, options.limit);
  if (resumed !== undefined) checkImageCount(resumed, data.images.count);
  const folder = resumed?.folder ?? options.out ?? newRun(options.model);
  makeRunFolder(folder);
  const steps = Math.ceil(data.images.count / options.batchSize);
  const kind = options.images === undefined ? 'digits' : 'pictures';
  console.log(
    `${data.images.count} ${kind}, ${steps} steps per epoch, seed ${options.seed}; ` +
      `pictures and weights go to ${folder}`,
  );
  const interruption = watchForInterruption();
  return options.model === 'autoencoder'
    ? trainAutoencoderRun(options, data, folder, interruption)
    : trainGanRun(options, options.model, data, folder, interruption);
}

await runCommand(USAGE, async () => {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) console.log(help());
  else process.exitCode = await train(flags);
});
