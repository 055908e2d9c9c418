/**
 * A residual block: y = F(x) + S(x). F is a list of layers; S, the shortcut, is another, by default the identity.
 * Source: K. He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
import { ShapeError } from '../../core/errors.ts';
import { option, readOptions, shape } from '../../core/options.ts';
import { formatShape, type Shape, sameShape } from '../../core/shape.ts';
import { add } from '../../ops/arithmetic.ts';
import { buildChain, checkLayers, namedWeightsOf, runChain } from '../chain.ts';
import { type BuiltLayer, defineLayer, type Layer, type LayerConfig } from '../layer.ts';

/** The options of layers.residual(). */
export interface ResidualConfig extends LayerConfig {
  /** The layers of S. Needed if F changes the shape: they must change it in the same way. Default []: S(x) = x. */
  readonly shortcut?: readonly Layer[] | undefined;
}

const OPTIONS = {
  shortcut: option<readonly Layer[]>((where, argument, value) => checkLayers(where, argument, value, 0)).or([]),
  inputShape: shape().optional(),
};

/**
 * Adds the output of some layers to their input.
 *
 * Its weights are named by their places: `0.kernel`, `2.kernel`, and `shortcut.0.kernel` for those of the shortcut.
 *
 * @param branch - the layers of F, at least one.
 * @throws ArgumentError if the branch is no list of at least one layer, or for a wrong option. build() throws a
 *   ShapeError if the two have different shapes.
 * @example
 * const block = layers.residual(
 *   [
 *     layers.batchNormalization(),
 *     layers.activation('relu'),
 *     layers.upsampling2d(),
 *     layers.conv2d({ filters: 64, kernelSize: 3, padding: 'same' }),
 *   ],
 *   {
 *     shortcut: [layers.upsampling2d(), layers.conv2d({ filters: 64, kernelSize: 1 })],
 *     inputShape: [7, 7, 128],
 *   },
 * );
 * sequential([block]).outputShape; // [14, 14, 64]
 */
export function residual(branch: readonly Layer[], config: ResidualConfig = {}): Layer {
  const where = 'layers.residual';
  const kind = 'Residual';
  checkLayers(where, 'branch', branch, 1);
  const { shortcut, inputShape: firstShape } = readOptions(where, config, OPTIONS);
  return defineLayer(where, kind, firstShape, (inputShape, random) => {
    const main = buildChain(where, branch, inputShape, random);
    const outputShape = outputOf(main, inputShape);
    const side = buildChain(`${where}: shortcut`, shortcut, inputShape, random);
    const all = [...main, ...side];
    const other = outputOf(side, inputShape);
    if (!sameShape(outputShape, other)) {
      throw new ShapeError(
        `${where}: the layers turn ${formatShape(inputShape)} into ${formatShape(outputShape)}, the shortcut gives ` +
          `${formatShape(other)}; they must be equal to be added. Give layers that do the same to the shape, such as ` +
          'shortcut: [layers.conv2d({ filters, kernelSize: 1 })].',
      );
    }
    return {
      kind,
      settings: Object.fromEntries([...settingsOf('', main), ...settingsOf('shortcut.', side)]),
      outputShape,
      weights: all.flatMap(({ weights }) => weights),
      trainableWeights: all.flatMap(({ trainableWeights }) => trainableWeights),
      namedWeights: [
        ...namedWeightsOf(main),
        ...namedWeightsOf(side).map(([name, weight]) => [`shortcut.${name}`, weight] as const),
      ],
      branches: [main, side],
      call: (x, options) => add(runChain(where, main, x, options), runChain(`${where}: shortcut`, side, x, options)),
    };
  });
}

function outputOf(chain: readonly BuiltLayer[], inputShape: Shape): Shape {
  return chain[chain.length - 1]?.outputShape ?? inputShape;
}

/** The settings of all layers by place, with their kind: two blocks with equal settings compute the same. */
function settingsOf(prefix: string, chain: readonly BuiltLayer[]): [name: string, value: string | number][] {
  return chain.flatMap(({ kind, settings }, place) => [
    [`${prefix}${place}`, kind] as [string, string],
    ...Object.entries(settings).map(([name, value]): [string, string | number] => [`${prefix}${place}.${name}`, value]),
  ]);
}
