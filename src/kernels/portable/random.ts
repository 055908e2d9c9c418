/** Portable random kernels: Philox words turned into uniforms, and into normals through the quantile function. */
import { philox } from '../../core/philox.ts';
import type { Kernels } from '../contract.ts';
import type { Heap } from '../heap.ts';
import type { Arithmetic } from './arithmetic.ts';

export function random(heap: Heap, arithmetic: Arithmetic): Pick<Kernels, 'randomUniform' | 'randomNormal'> {
  const { round, normalQuantile } = arithmetic;
  const words = new Int32Array(4);
  return {
    randomUniform(out, key0, key1, counterLow, counterHigh, stream, low, high, count) {
      const f = heap.floats;
      const offset = round(low);
      const range = round(round(high) - offset);
      for (let i = 0; i < count; i += 4) {
        nextBlock(words, counterLow, counterHigh, i >>> 2, stream, key0, key1);
        for (let lane = 0; lane < 4 && i + lane < count; lane++) {
          f[out + i + lane] = offset + round(range * ((words[lane]! >>> 8) * 2 ** -24));
        }
      }
    },

    randomNormal(out, key0, key1, counterLow, counterHigh, stream, mean, stddev, count) {
      const f = heap.floats;
      const centre = round(mean);
      const scale = round(stddev);
      for (let i = 0; i < count; i += 4) {
        nextBlock(words, counterLow, counterHigh, i >>> 2, stream, key0, key1);
        for (let lane = 0; lane < 4 && i + lane < count; lane++) {
          const p = ((words[lane]! >>> 9) + 0.5) * 2 ** -23;
          f[out + i + lane] = centre + round(scale * normalQuantile(p));
        }
      }
    },
  };
}

/** Block counter + index of the stream, with the carry from the low into the high word. */
function nextBlock(
  words: Int32Array,
  counterLow: number,
  counterHigh: number,
  index: number,
  stream: number,
  key0: number,
  key1: number,
): void {
  const low = (counterLow >>> 0) + index;
  philox(words, low | 0, (counterHigh + (low > 0xffffffff ? 1 : 0)) | 0, stream, 0, key0, key1);
}
