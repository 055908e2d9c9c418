/**
 * Images and a kernel of one size, on which a lab runs and times the three functions of src/ops/internal/convolve.ts.
 */
import { createHash } from 'node:crypto';
import { scope } from '../src/autograd/scope.ts';
import { type Tensor, tensor, type Variable, variable } from '../src/autograd/tensor.ts';
import { type Shape, sizeOf } from '../src/core/shape.ts';
import { gemm } from '../src/kernels/library/gemm.ts';
import { type Runtime, withRuntime } from '../src/kernels/runtime.ts';
import { convolve, convolveKernel, convolveTransposed } from '../src/ops/internal/convolve.ts';
import type { ConvolutionPart, ConvolutionSize } from './convolution-sizes.ts';
import { type Call, recording } from './recorder.ts';
import { hashedFloats } from './support/hashed-floats.ts';
import { callsWithin, timeCalls } from './support/timing.ts';

/** The whole function, or only the gemm calls that it makes. */
export type ConvolutionWork = 'function' | 'gemms';

export class ConvolutionOperands {
  readonly #size: ConvolutionSize;
  /** The larger image, the smaller one, and the kernel. */
  readonly #x: Variable;
  readonly #y: Variable;
  readonly #kernel: Variable;

  constructor(runtime: Runtime, size: ConvolutionSize, images: number) {
    const [height, width, channels, kernelHeight, kernelWidth, , , , , outHeight, outWidth] = size.geometry;
    const { outputs } = size;
    this.#size = size;
    const operands = withRuntime(runtime, () => ({
      x: hashed([images, height, width, channels], 1),
      y: hashed([images, outHeight, outWidth, outputs], 2),
      kernel: hashed([kernelHeight, kernelWidth, channels, outputs], 3),
    }));
    this.#x = operands.x;
    this.#y = operands.y;
    this.#kernel = operands.kernel;
  }

  /** SHA-256 of the result. */
  digest(runtime: Runtime, part: ConvolutionPart): string {
    return this.#run(runtime, () => {
      const result = Float32Array.from(this.#call(part).data);
      return createHash('sha256').update(result).digest('hex');
    });
  }

  /** Mean milliseconds of a call, over as many calls as take `leastMs`. */
  time(runtime: Runtime, part: ConvolutionPart, work: ConvolutionWork, leastMs: number): number {
    const call = work === 'gemms' ? this.#gemms(runtime, part) : () => this.#call(part).dispose();
    return this.#run(runtime, () => timeCalls(callsWithin(leastMs, call), call));
  }

  dispose(): void {
    for (const operand of [this.#x, this.#y, this.#kernel]) operand.dispose();
  }

  #call(part: ConvolutionPart): Tensor {
    const { geometry } = this.#size;
    if (part === 'correlate') return convolve(this.#x, this.#kernel, geometry);
    if (part === 'spread') return convolveTransposed(this.#y, this.#kernel, geometry);
    return convolveKernel(this.#x, this.#y, this.#kernel.shape, geometry);
  }

  /** The gemm calls of the function. They use blocks that the function has freed; nothing is allocated meanwhile. */
  #gemms({ heap, kernels }: Runtime, part: ConvolutionPart): () => void {
    const calls: Call[] = [];
    this.#run({ heap, kernels: recording(kernels, calls) }, () => this.#call(part).dispose());
    const gemms = calls.filter(({ kernel }) => kernel === 'gemm').map(({ args }) => args);
    const multiply = kernels.get(gemm)!;
    return () => {
      for (const args of gemms) multiply(...args);
    };
  }

  #run<T>(runtime: Runtime, body: () => T): T {
    return withRuntime(runtime, () => scope(body, 'bench'));
  }
}

function hashed(shape: Shape, salt: number): Variable {
  return variable(tensor(hashedFloats(sizeOf(shape), salt), shape));
}
