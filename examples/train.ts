/**
 * Learns to draw handwritten digits: `npm run train`; `npm run train -- --help` lists the options.
 * Writes a picture for each epoch, the losses of each step, checkpoints and weights to one folder.
 *
 * In your own program, import from 'ganvas' and 'ganvas/node' instead of ../src/.
 */
import { runCommand, UsageError } from '../bench/support/command-line.ts';
import { configureRun } from './configure-run.ts';
import { loadDigits } from './digits.ts';
import { watchForInterruption } from './interruption.ts';
import { help, parseOptions, type TrainingOptions, USAGE } from './options.ts';
import { loadPictures } from './pictures.ts';
import { makeRunFolder, newestRun, newRun, RUNS } from './run-folder.ts';
import { trainAutoencoderRun } from './train-autoencoder.ts';
import { trainGanRun } from './train-gan.ts';

async function train(options: TrainingOptions): Promise<number> {
  await configureRun(options);
  const data =
    options.images === undefined
      ? await loadDigits(options.data, options.limit)
      : await loadPictures(options.images, options.size, options.limit);
  const folder = options.out ?? (options.resume ? resumedRun(options) : newRun(options.model));
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

function resumedRun({ model }: TrainingOptions): string {
  const newest = newestRun([model]);
  if (newest !== undefined) return newest;
  throw new UsageError(`--resume: there is no run of the ${model} model in ${RUNS}/; name its folder by --out DIR`);
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help());
  else process.exitCode = await train(options);
});
