/** Compares the speed of the convolutions with that of the matrix products in them. */
import {
  CONVOLUTION_PARTS,
  type ConvolutionPart,
  type ConvolutionSize,
  convolutionFlops,
  convolutionName,
} from './convolution-sizes.ts';
import type { Step } from './ladder.ts';
import { alternate, type Candidate, type Effort, type Summary } from './support/timing.ts';

export interface ConvolutionFigures {
  readonly size: ConvolutionSize;
  readonly part: ConvolutionPart;
  readonly rung: string;
  readonly images: number;
  readonly convolution: Summary;
  /** Only the gemm calls of the same function. */
  readonly gemms: Summary;
}

/**
 * Largest number of operations of a verified call. The portable kernels do about 1e9 a second. It is enough for two
 * chunks at the size with the fewest images in a chunk.
 */
const VERIFIED_FLOPS = 1e9;
const REPETITION_MS = 20;

/** Measures the three functions at one size, after comparing their bits with the portable kernels on fewer images. */
export async function measureConvolution(
  size: ConvolutionSize,
  images: number,
  steps: readonly Step[],
  effort: Effort,
): Promise<ConvolutionFigures[]> {
  await verify(size, images, steps);
  for (const lab of new Set(steps.map((step) => step.lab))) await lab.prepareConvolution(size, images);
  const rows = CONVOLUTION_PARTS.flatMap((part) => steps.map((step) => ({ step, part })));
  const name = ({ step, part }: (typeof rows)[number], work: string): string => `${step.name} ${part} ${work}`;
  const candidates = rows.flatMap((row): Candidate[] =>
    (['function', 'gemms'] as const).map((work) => ({
      name: name(row, work),
      run: () => row.step.lab.timeConvolution(row.step.rung, row.part, work, REPETITION_MS),
    })),
  );
  const times = await alternate(candidates, effort);
  return rows.map((row) => ({
    size,
    part: row.part,
    rung: row.step.name,
    images,
    convolution: times.get(name(row, 'function'))!,
    gemms: times.get(name(row, 'gemms'))!,
  }));
}

async function verify(size: ConvolutionSize, images: number, steps: readonly Step[]): Promise<void> {
  const fewer = Math.max(1, Math.min(images, Math.floor(VERIFIED_FLOPS / convolutionFlops(size, 1))));
  for (const lab of new Set(steps.map((step) => step.lab))) await lab.prepareConvolution(size, fewer);
  for (const part of CONVOLUTION_PARTS) {
    const truth = await steps[0]!.lab.convolution('blocked', part);
    for (const { name, lab, rung } of steps) {
      if ((await lab.convolution(rung, part)) !== truth) {
        throw new Error(
          `${name}, ${part} of ${convolutionName(size)}: the bits differ from the portable kernels; not timed`,
        );
      }
    }
  }
}
