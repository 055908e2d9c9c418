/** Finds the model that fits the weights of a generator, and loads them: from a file of bytes, in browsers too. */
import {
  ArgumentError,
  compactGenerator,
  conditionalGenerator,
  convGenerator,
  decodeTensorFile,
  denseGenerator,
  encodeTensorFile,
  loadWeights,
  type Model,
  refinedGenerator,
} from '../src/index.ts';
import type { GanName } from './gan-networks.ts';
import type { ModelName } from './run-folder.ts';

export const CLASSES = 10;

export interface GeneratorFile<Name> {
  readonly model: Name;
  readonly generator: Model;
}

/** Makes a generator from the sizes of its first kernel. */
type Build<Name> = (model: Name, inputSize: number, units: number) => Model;

/**
 * Reads the weights of a generator from a file of encodeWeights({ generator }), where it may have another name, or from
 * a checkpoint. Those of a conditional generator look like those of a refined one with a longer input, so only a name
 * can tell it.
 *
 * @param where - names the file in errors.
 * @param models - are tried in turn.
 * @param build - makes them: buildGenerator() those of the GANs.
 * @throws ArgumentError if the weights fit none of the models; FormatError if the file is none of weights.
 */
export function readGeneratorFile<Name extends ModelName>(
  where: string,
  bytes: Uint8Array,
  models: readonly Name[],
  build: Build<Name>,
): GeneratorFile<Name> {
  const { entries } = decodeTensorFile(bytes);
  // A checkpoint has more networks than the generator.
  const names = entries.map(({ name }) => name);
  const first =
    names.find((name) => name === 'generator.0.kernel') ?? names.find((name) => /^[^.]*\.0\.kernel$/.test(name));
  const key = first?.split('.')[0] ?? '';
  const [inputSize, units] = entries.find(({ name }) => name === first)?.shape ?? [];
  if (inputSize === undefined || units === undefined) {
    throw new ArgumentError(
      `${where} has no matrix "generator.0.kernel"; expected a file written by encodeWeights({ generator })`,
    );
  }
  const own = encodeTensorFile(entries.filter(({ name }) => name.startsWith(`${key}.`)));
  const problems: string[] = [];
  for (const model of models) {
    try {
      const generator = build(model, inputSize, units);
      loadWeights({ [key]: generator }, own);
      return { model, generator };
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      problems.push(`${model}: ${error.message}`);
    }
  }
  throw new ArgumentError(`${where} has weights of none of the known generators:\n  ${problems.join('\n  ')}`);
}

/** The generator of a GAN. */
export function buildGenerator(model: GanName, inputSize: number, units: number): Model {
  switch (model) {
    case 'compact':
      // The first layer has 7 x 7 x (64 width) units.
      return compactGenerator({ latentDim: inputSize, width: units / (7 * 7 * 64) });
    case 'dense':
      return denseGenerator({ latentDim: inputSize });
    case 'refined':
      return refinedGenerator({ latentDim: inputSize });
    case 'conditional':
      return conditionalGenerator({ latentDim: inputSize - CLASSES, classes: CLASSES });
    case 'conv':
      // The first layer has 7 x 7 x (256 width) units.
      return convGenerator({ latentDim: inputSize, width: units / (7 * 7 * 256) });
  }
}
