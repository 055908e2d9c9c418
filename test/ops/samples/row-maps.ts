/** The ops that are sums of chosen rows: average pooling, upsampling. */
import { averagePooling2d } from '../../../src/ops/average-pooling.ts';
import { resizeBilinear } from '../../../src/ops/resize.ts';
import { upsampling2d } from '../../../src/ops/upsampling.ts';
import { type Nd, nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { POOLINGS } from './max-pooling.ts';
import { ALIGNMENTS } from './rearrange.ts';
import { placeWindows } from './windows.ts';

/**
 * The error of a sum of products: gamma(terms) times the sum of their absolute values. One rounding is the weight's.
 */
function boundOf(reference: (inputs: readonly Nd[]) => Nd, terms: number): (inputs: readonly Nd[]) => Nd {
  return (inputs) => {
    const magnitude = reference(inputs.map(({ shape, values }) => nd(shape, values.map(Math.abs))));
    return nd(
      magnitude.shape,
      magnitude.values.map((value) => 1.01 * (terms + 2) * UNIT * value),
    );
  };
}

function averageSample([shape, pool, strides, padding]: (typeof POOLINGS)[number], salt: number): OpSample {
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    placeWindows(shape[axis + 1]!, pool[axis], strides[axis], padding),
  );
  const reference = ([x]: readonly Nd[]): Nd =>
    ndBuild([shape[0], rows!.count, columns!.count, shape[3]], ([n, oy, ox, c]) => {
      let [sum, count] = [0, 0];
      for (let ky = 0; ky < pool[0]; ky++) {
        for (let kx = 0; kx < pool[1]; kx++) {
          const y = oy! * strides[0] + ky - rows!.before;
          const w = ox! * strides[1] + kx - columns!.before;
          if (y < 0 || y >= shape[1] || w < 0 || w >= shape[2]) continue;
          sum += ndAt(x!, [n!, y, w, c!]);
          count++;
        }
      }
      return sum / Math.max(count, 1);
    });
  return {
    label: `[${shape}] by ${pool[0]} x ${pool[1]}, ${padding}, strides ${strides}`,
    inputs: [ndRandom(shape, salt)],
    // The first sample leaves the options out.
    run: ([x]) => (salt === 0 ? averagePooling2d(x!) : averagePooling2d(x!, { poolSize: pool, strides, padding })),
    reference,
    bound: boundOf(reference, pool[0] * pool[1]),
  };
}

type Factors = readonly [number, number];

/** Sizes and factors: 1, even, odd, oblong, one pixel, several channels and images, empty. */
const UPSAMPLINGS: readonly (readonly [shape: readonly [number, number, number, number], size: Factors])[] = [
  [
    [1, 2, 2, 1],
    [2, 2],
  ],
  [
    [1, 1, 1, 1],
    [1, 1],
  ],
  [
    [1, 1, 1, 3],
    [3, 2],
  ],
  [
    [2, 3, 2, 1],
    [1, 2],
  ],
  [
    [1, 2, 3, 2],
    [3, 1],
  ],
  [
    [1, 4, 1, 1],
    [2, 3],
  ],
  [
    [1, 1, 5, 1],
    [4, 2],
  ],
  [
    [0, 2, 2, 1],
    [2, 2],
  ],
  [
    [1, 0, 2, 1],
    [2, 2],
  ],
  [
    [1, 2, 2, 0],
    [2, 2],
  ],
  ...Array.from(
    { length: 15 },
    (_, i) =>
      [
        [1, 2, 2, i + 2],
        [2, (i % 3) + 1],
      ] as const,
  ),
];

/** Where pixel o of an axis enlarged `factor` times lies between the centres of the old pixels, within the edges. */
function between(o: number, factor: number, size: number): { lower: number; share: number } {
  const place = Math.min(Math.max((o + 0.5) / factor - 0.5, 0), size - 1);
  return { lower: Math.floor(place), share: place - Math.floor(place) };
}

function nearestSample([shape, size]: (typeof UPSAMPLINGS)[number], salt: number): OpSample {
  const [n, height, width, channels] = shape;
  return {
    label: `[${shape}] times ${size}`,
    inputs: [ndRandom(shape, salt)],
    // The first sample leaves the options out.
    run: ([x]) => (salt === 0 ? upsampling2d(x!) : upsampling2d(x!, { size, interpolation: 'nearest' })),
    reference: ([x]) =>
      ndBuild([n, height * size[0], width * size[1], channels], ([i, y, w, c]) =>
        ndAt(x!, [i!, Math.floor(y! / size[0]), Math.floor(w! / size[1]), c!]),
      ),
  };
}

function bilinearSample([shape, size]: (typeof UPSAMPLINGS)[number], salt: number): OpSample {
  const [n, height, width, channels] = shape;
  const reference = ([x]: readonly Nd[]): Nd =>
    ndBuild([n, height * size[0], width * size[1], channels], ([i, y, w, c]) => {
      const vertical = between(y!, size[0], height);
      const horizontal = between(w!, size[1], width);
      let total = 0;
      for (const [dy, wy] of [
        [0, 1 - vertical.share],
        [1, vertical.share],
      ] as const) {
        for (const [dx, wx] of [
          [0, 1 - horizontal.share],
          [1, horizontal.share],
        ] as const) {
          const at = [i!, vertical.lower + dy, horizontal.lower + dx, c!];
          if (wy * wx > 0) total += wy * wx * ndAt(x!, at);
        }
      }
      return total;
    });
  return {
    label: `[${shape}] times ${size}`,
    inputs: [ndRandom(shape, salt)],
    run: ([x]) => upsampling2d(x!, { size, interpolation: 'bilinear' }),
    reference,
    bound: boundOf(reference, 4),
  };
}

/** Where pixel o of an axis of the new size lies in the old one: TensorFlow's three rules. */
function placeOf(alignment: number, o: number, size: number, newSize: number): number {
  if (alignment === 0) return ((o + 0.5) * size) / newSize - 0.5;
  return alignment === 1 ? (o * (size - 1)) / Math.max(newSize - 1, 1) : (o * size) / newSize;
}

const SIZES = [1, 2, 3, 5, 8];

function resizeSample(size: number, newSize: number, alignment: number, salt: number): OpSample {
  const shape = [1, 2, size, 2] as const;
  const reference = ([x]: readonly Nd[]): Nd =>
    ndBuild([1, 2, newSize, 2], ([n, y, o, c]) => {
      const place = Math.min(Math.max(placeOf(alignment, o!, size, newSize), 0), size - 1);
      const lower = Math.floor(place);
      const at = (column: number): number => ndAt(x!, [n!, y!, Math.min(column, size - 1), c!]);
      return (1 - place + lower) * at(lower) + (place - lower) * at(lower + 1);
    });
  return {
    label: `width ${size} to ${newSize}, alignment ${alignment}`,
    inputs: [ndRandom(shape, salt)],
    run: ([x]) => resizeBilinear(x!, [2, newSize], ALIGNMENTS[alignment]),
    reference,
    bound: boundOf(reference, 4),
  };
}

const RESIZES = SIZES.flatMap((size, i) =>
  SIZES.flatMap((newSize, j) => [resizeSample(size, newSize, (i + j) % 3, 5 * i + j)]),
);

export const rowMapCases: readonly OpCase[] = [
  { name: 'averagePooling2d', samples: POOLINGS.map(averageSample), float32: 'bound' },
  { name: 'upsampling2d nearest', samples: UPSAMPLINGS.map(nearestSample), float32: 'exact' },
  { name: 'resizeBilinear', samples: RESIZES, float32: 'bound' },
  { name: 'upsampling2d bilinear', samples: UPSAMPLINGS.map(bilinearSample), float32: 'bound' },
];
