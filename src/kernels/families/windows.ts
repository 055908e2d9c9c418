/** Windows that slide over pictures: the patches of convolutions, and max pooling. */
import { A, type ArgumentKinds, I } from '../arguments.ts';
import type { WindowGeometry, WindowKernels } from '../contract.ts';
import type { KernelFamily } from '../family.ts';
import { convolution } from '../portable/convolution.ts';
import { pooling } from '../portable/pooling.ts';
import { register } from '../registry.ts';
import { kernelsOf } from '../runtime.ts';
import { col2im } from '../simd/col2im.ts';
import { im2col } from '../simd/im2col.ts';
import { pooling as emitPooling } from '../simd/pooling.ts';
import { type Arguments, copyArguments, type SplitRule } from '../threads/split.ts';

const WINDOW: ArgumentKinds<WindowGeometry> = [I, I, I, I, I, I, I, I, I, I, I];

/** The geometry of the kernels on windows: their arguments from the fifth on, by name. */
const HEIGHT = 4;
const WIDTH = 5;
const CHANNELS = 6;
const KERNEL_HEIGHT = 7;
const KERNEL_WIDTH = 8;
const OUT_HEIGHT = 13;
const OUT_WIDTH = 14;

/** The product of some arguments. */
const times =
  (...indices: readonly number[]) =>
  (args: Arguments): number =>
    indices.reduce((product, index) => product * args[index]!, 1);

/** Elements that the windows of one line or one image hold. */
const windowsOfLine = times(OUT_WIDTH, KERNEL_HEIGHT, KERNEL_WIDTH, CHANNELS);
const windowsOfImage = times(OUT_HEIGHT, OUT_WIDTH, KERNEL_HEIGHT, KERNEL_WIDTH, CHANNELS);
const image = times(HEIGHT, WIDTH, CHANNELS);

/** Cut along lines: the first line moves, and the output with it by `step` a line. */
function lines(step: (args: Arguments) => number, cost: (args: Arguments) => number): SplitRule {
  return {
    length: (args) => args[3]!,
    grain: 1,
    cost,
    part(out, args, begin, end) {
      copyArguments(out, args);
      out[0] = args[0]! + begin * step(args);
      out[2] = args[2]! + begin;
      out[3] = end - begin;
    },
  };
}

/** The gradient of max pooling reads every window twice; overlapping ones add to the same pixels, so that only images are apart. */
const maxPooling2dBackward: SplitRule = {
  length: (args) => args[3]!,
  grain: 1,
  cost: (args) => image(args) + 2 * windowsOfImage(args),
  part(out, args, begin, end) {
    copyArguments(out, args);
    out[0] = args[0]! + begin * image(args);
    out[1] = args[1]! + begin * times(OUT_HEIGHT, OUT_WIDTH, CHANNELS)(args);
    out[2] = args[2]! + begin * image(args);
    out[3] = end - begin;
  },
};

export const WINDOWS: KernelFamily<keyof WindowKernels> = register({
  arguments: {
    im2col: [A, A, I, I, ...WINDOW],
    col2im: [A, A, I, I, ...WINDOW],
    maxPooling2d: [A, A, I, I, ...WINDOW],
    maxPooling2dBackward: [A, A, A, I, ...WINDOW],
  },
  portable: (heap) => ({ ...convolution(heap), ...pooling(heap) }),
  simd: (module) => ({ im2col: im2col(module), col2im: col2im(module), ...emitPooling(module) }),
  split: {
    im2col: lines(windowsOfLine, windowsOfLine),
    // Each element of the windows is added once, whichever line it belongs to.
    col2im: lines(times(WIDTH, CHANNELS), (args) => windowsOfImage(args) / args[HEIGHT]!),
    maxPooling2d: lines(times(OUT_WIDTH, CHANNELS), windowsOfLine),
    maxPooling2dBackward,
  },
});

/** Its kernels on the runtime in use. */
export const windowKernels = (): WindowKernels => kernelsOf(WINDOWS);
