/** Binary cross-entropy from logits, and its gradient. */
import { type Expr, f32, f32x4, v128 } from '../../wasm/index.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { exp, log, sigmoid } from '../simd/elementary.ts';
import { advance, mapVectors, type Vector } from '../simd/vectors.ts';
import { createSums, sumInLanes } from '../summation.ts';

const SIGMOID_CROSS_ENTROPY = 'out, logits, labels: address; labelStep: flag; count: i32';

/**
 * The mean loss: out[0] = (four-lane sum of (max(z, 0) - z y) + log(1 + exp(-|z|))) / count. With labelStep 0 all
 * elements use labels[0].
 */
export const sigmoidCrossEntropy: KernelOf<typeof SIGMOID_CROSS_ENTROPY> = /*#__PURE__*/ kernel(
  'sigmoidCrossEntropy',
  SIGMOID_CROSS_ENTROPY,
  {
    portable: (heap, arithmetic) => {
      const { round, exp, log } = arithmetic;
      const { inLanes } = createSums(arithmetic);
      return (out, logits, labels, labelStep, count) => {
        const f = heap.floats;
        const total = inLanes(count, (i) => {
          const z = f[logits + i]!;
          const linear = round(Math.max(z, 0) - round(z * f[labels + i * labelStep]!));
          return round(linear + log(round(1 + exp(-Math.abs(z)))));
        });
        f[out] = total / round(count);
      };
    },
    simd: (f, { out, logits, labels, labelStep, count }) => {
      const labelOf = f.let(v128.load32_splat(labels), 'label');
      // (max(z, 0) - z y) + log(1 + exp(-|z|))
      const loss = (): Expr<'v128'> => {
        const z = f.let(v128.load(logits));
        f.if(labelStep, () => f.set(labelOf, v128.load(labels)));
        const linear = f.let(f32x4.sub(f32x4.max(z, f32x4.const(0)), f32x4.mul(z, labelOf)));
        const onePlus = f.let(f32x4.add(f32x4.const(1), exp(f, f32x4.neg(f32x4.abs(z)))));
        return f32x4.add(linear, log(f, onePlus));
      };
      const total = sumInLanes(f, logits, count, loss, () => advance(f, 16, labels));
      f.emit(f32.store(out, f32.div(total, f32.convert_i32_s(count))));
    },
    split: { oneThread: 'its sum has one order' },
  },
);

const SIGMOID_CROSS_ENTROPY_BACKWARD = 'dz, dy, logits, labels: address; labelStep: flag; total, count: i32';

/**
 * dz = (sigmoid(z) - y) (dy[0] / total). `total` is the count of the whole mean; this call computes `count` of its
 * elements.
 */
export const sigmoidCrossEntropyBackward: KernelOf<typeof SIGMOID_CROSS_ENTROPY_BACKWARD> = /*#__PURE__*/ kernel(
  'sigmoidCrossEntropyBackward',
  SIGMOID_CROSS_ENTROPY_BACKWARD,
  {
    portable:
      (heap, { round, sigmoid }) =>
      (dz, dy, logits, labels, labelStep, total, count) => {
        const f = heap.floats;
        const scale = round(f[dy]! / round(total));
        for (let i = 0; i < count; i++) {
          f[dz + i] = round(sigmoid(f[logits + i]!) - f[labels + i * labelStep]!) * scale;
        }
      },
    simd: (f, { dz, dy, logits, labels, labelStep, total, count }) => {
      const scale = f.let(f32x4.splat(f32.div(f32.load(dy), f32.convert_i32_s(total))), 'scale');
      const label = f.let(v128.load32_splat(labels), 'label');
      const gradient = (z: Vector, y: Vector): Expr<'v128'> => f32x4.mul(f32x4.sub(sigmoid(f, z), y), scale);
      f.if(
        labelStep,
        () => mapVectors(f, dz, [logits, labels], count, (z, y) => gradient(z!, y!)),
        () => mapVectors(f, dz, [logits], count, (z) => gradient(z!, label)),
      );
    },
    split: { oneThread: 'a GAN has one logit an image: it never takes long' },
  },
);
