/**
 * Judges the generators of a training: `npm run evaluate -- RUN_DIR`, or `-- --help` for what can be set. Each kept set of weights, and
 * each IDX file of pictures that is named, becomes a row of one table, below the anchors; it is printed, and written into the folder as
 * evaluation.md and evaluation.json.
 */
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import {
  configure,
  createRandom,
  type Dataset,
  dataset,
  type Evaluation,
  type EvaluationRow,
  FormatError,
  formatEvaluation,
  GanvasError,
  type ImageEvaluator,
  imageEvaluator,
  scope,
} from '../src/index.ts';
import { readIdxFile } from '../src/node/index.ts';
import { runCommand, UsageError } from './arguments.ts';
import { loadClassifier } from './classifier.ts';
import { loadSplits } from './digits.ts';
import { type EvaluationOptions, help, parseOptions, USAGE } from './evaluate-options.ts';
import { RUNS, readDescription, weightFiles, writeText } from './run-folder.ts';
import { readGenerator } from './saved-generator.ts';

async function evaluate(options: EvaluationOptions): Promise<void> {
  const { run, seed } = options;
  const weights = weightFiles(run);
  if (weights.length + options.images.length === 0) {
    throw new UsageError(
      `${run} has neither generator*.safetensors nor weights/epoch-*.safetensors; name pictures by --images`,
    );
  }
  await configure({ threads: availableParallelism() });
  const pictures = new Map<string, Dataset>();
  for (const path of options.images) pictures.set(basename(path), await readPictures(path));

  const splits = await loadSplits(options.data);
  const { training, real, description } = splits;
  const { classifier, description: features } = await loadClassifier(options.classifier, splits, RUNS, progress);
  // The same for all rows: distances between sets of different sizes do not compare.
  const given = Array.from(pictures.values(), (images) => images.count);
  const count = Math.min(options.count, real.images.count, training.images.count, ...given);
  const evaluator = imageEvaluator({
    real: someImages(real.images, createRandom(seed).permutation(real.images.count).subarray(0, count)),
    training: training.images,
    features: (images) => classifier.features.predict(images),
    logits: (rows) => classifier.head.predict(rows),
    featureName: features,
    dataName: description,
    seed,
  });

  progress(`anchors: real images and noise, ${count} each`);
  const rows: EvaluationRow[] = [...evaluator.anchors()];
  const named = readDescription(run)?.model;
  for (const file of weights) {
    const { model, draw } = readGenerator(join(run, file), named);
    progress(`${file}: ${count} pictures of the ${model} generator`);
    rows.push(scope(() => rowOf(evaluator, file.replace('.safetensors', ''), draw(count, seed))));
  }
  for (const [name, images] of pictures) {
    progress(`${name}: its first ${count} pictures`);
    rows.push(
      rowOf(
        evaluator,
        name,
        someImages(
          images,
          Int32Array.from({ length: count }, (_, i) => i),
        ),
      ),
    );
  }
  await report(run, { protocol: evaluator.protocol, rows });
}

function rowOf(
  evaluator: ImageEvaluator,
  name: string,
  images: Parameters<ImageEvaluator['evaluate']>[0],
): EvaluationRow {
  return { name, metrics: evaluator.evaluate(images) };
}

async function report(folder: string, evaluation: Evaluation): Promise<void> {
  const text = formatEvaluation(evaluation);
  console.log(text);
  await writeText(join(folder, 'evaluation.md'), text);
  await writeText(join(folder, 'evaluation.json'), JSON.stringify(evaluation, undefined, 2));
}

async function readPictures(path: string): Promise<Dataset> {
  const { type, shape, data } = await readIdxFile(path);
  const [count = 0, height, width] = shape;
  if (type !== 'uint8' || shape.length !== 3 || height !== 28 || width !== 28) {
    throw new FormatError(`${path} holds ${type} of shape [${shape.join(', ')}]; expected uint8 of shape [n, 28, 28]`);
  }
  return dataset(data, [count, 28, 28, 1]);
}

function someImages(images: Dataset, places: Int32Array): Dataset {
  const gather: Dataset['gather'] = (indices) => images.gather(Int32Array.from(indices, (index) => places[index]!));
  return { itemShape: images.itemShape, count: places.length, gather };
}

/** To the other stream, so that the table alone can be piped. */
function progress(text: string): void {
  console.error(text);
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(help());
    return;
  }
  try {
    await evaluate(options);
  } catch (error) {
    // What the user can mend gets a sentence; anything else is a bug and gets its stack.
    if (!(error instanceof GanvasError || (error instanceof Error && 'syscall' in error))) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
});
