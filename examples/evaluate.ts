/**
 * Evaluates the generators of a training: `npm run evaluate -- RUN_DIR`; with `--help` it lists the options. The table
 * has one row for each set of weights in the folder and for each IDX file of pictures, below the anchors. It is printed
 * and written to the folder as evaluation.md and evaluation.json, and report.html shows it.
 */
import { basename, join } from 'node:path';
import { runCommand, UsageError } from '../bench/support/command-line.ts';
import {
  type Dataset,
  dataset,
  type Evaluation,
  type EvaluationRow,
  FormatError,
  formatEvaluation,
  scope,
} from '../src/index.ts';
import { readIdxFile } from '../src/node/index.ts';
import { type EvaluationOptions, help, parseOptions, USAGE } from './evaluate-options.ts';
import { createEvaluator, someImages } from './evaluator.ts';
import { writeRunReport } from './report/run-report.ts';
import { readDescription, weightFiles, writeText } from './run-folder.ts';
import { readGenerator } from './saved-generator.ts';

async function evaluate(options: EvaluationOptions): Promise<void> {
  const { run, seed } = options;
  const weights = weightFiles(run);
  if (weights.length + options.images.length === 0) {
    throw new UsageError(
      `${run} has neither generator*.safetensors nor weights/epoch-*.safetensors; pass pictures with --images`,
    );
  }
  const pictures = new Map<string, Dataset>();
  for (const path of options.images) pictures.set(basename(path), await readPictures(path));
  // All rows have the same count: distances of sets of different sizes are not comparable.
  const given = Array.from(pictures.values(), (images) => images.count);
  const evaluator = await createEvaluator({ ...options, count: Math.min(options.count, ...given) }, progress);
  const { count, protocol, rowOf } = evaluator;

  const rows: EvaluationRow[] = [...evaluator.anchors()];
  const description = readDescription(run);
  if (description?.imageShape !== undefined) {
    throw new UsageError(
      `${run} draws images of [${description.imageShape.join(', ')}]; they are not compared with digits`,
    );
  }
  const named = description?.model;
  for (const file of weights) {
    const { model, draw } = readGenerator(join(run, file), named);
    progress(`${file}: ${count} pictures of the ${model} generator`);
    rows.push(scope(() => rowOf(file.replace('.safetensors', ''), draw(count, seed))));
  }
  for (const [name, images] of pictures) {
    progress(`${name}: its first ${count} pictures`);
    const first = Int32Array.from({ length: count }, (_, i) => i);
    rows.push(rowOf(name, someImages(images, first)));
  }
  await report(run, { protocol, rows });
}

async function report(folder: string, evaluation: Evaluation): Promise<void> {
  const text = formatEvaluation(evaluation);
  console.log(text);
  await writeText(join(folder, 'evaluation.md'), text);
  await writeText(join(folder, 'evaluation.json'), JSON.stringify(evaluation, undefined, 2));
  if (await writeRunReport(folder)) progress(`${join(folder, 'report.html')} shows the evaluation`);
}

async function readPictures(path: string): Promise<Dataset> {
  const { type, shape, data } = await readIdxFile(path);
  const [count = 0, height, width] = shape;
  if (type !== 'uint8' || shape.length !== 3 || height !== 28 || width !== 28) {
    throw new FormatError(`${path} has ${type} of shape [${shape.join(', ')}]; expected uint8 of shape [n, 28, 28]`);
  }
  return dataset(data, [count, 28, 28, 1]);
}

/** Writes to standard error, so that standard output has only the table. */
function progress(text: string): void {
  console.error(text);
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help());
  else await evaluate(options);
});
