/** SIMD kernels of training: the loss from logits with its gradient, and Adam's whole update in one pass. */
import {
  type Expr,
  type FunctionHandle,
  f32,
  f32x4,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { exp, log, sigmoid } from './elementary.ts';
import { sumInLanes } from './sums.ts';
import { advance, keepLanes, mapVectors, storeLanes, sumIntegers, toBytes, type Vector } from './vectors.ts';

type Names = 'sigmoidCrossEntropy' | 'sigmoidCrossEntropyBackward' | 'adam';

export function training(module: ModuleBuilder): Readonly<Record<Names, FunctionHandle>> {
  return {
    sigmoidCrossEntropy: module.function(
      'f32_sigmoidCrossEntropy_simd128',
      { out: 'i32', logits: 'i32', labels: 'i32', labelStep: 'i32', count: 'i32' },
      'void',
      (f, { out, logits, labels, labelStep, count }) => {
        toBytes(f, out, logits, labels);
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
    ),

    sigmoidCrossEntropyBackward: module.function(
      'f32_sigmoidCrossEntropyBackward_simd128',
      { dz: 'i32', dy: 'i32', logits: 'i32', labels: 'i32', labelStep: 'i32', total: 'i32', count: 'i32' },
      'void',
      (f, { dz, dy, logits, labels, labelStep, total, count }) => {
        toBytes(f, dz, dy, logits, labels);
        // (sigmoid(z) - y) (dy / total)
        const scale = f.let(f32x4.splat(f32.div(f32.load(dy), f32.convert_i32_s(total))), 'scale');
        const label = f.let(v128.load32_splat(labels), 'label');
        const gradient = (z: Vector, y: Vector): Expr<'v128'> => f32x4.mul(f32x4.sub(sigmoid(f, z), y), scale);
        f.if(
          labelStep,
          () => mapVectors(f, dz, [logits, labels], count, (z, y) => gradient(z!, y!)),
          () => mapVectors(f, dz, [logits], count, (z) => gradient(z!, label)),
        );
      },
    ),

    adam: module.function(
      'f32_adam_simd128',
      {
        w: 'i32',
        m: 'i32',
        v: 'i32',
        g: 'i32',
        rate: 'f32',
        beta1: 'f32',
        rest1: 'f32',
        beta2: 'f32',
        rest2: 'f32',
        epsilon: 'f32',
        count: 'i32',
      },
      'i32',
      (f, { w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon, count }) => {
        toBytes(f, w, m, v, g);
        const splat = (value: Local<'f32'>): Vector => f.let(f32x4.splat(value));
        const [rates, decay1, fresh1, decay2, fresh2, epsilons] = [rate, beta1, rest1, beta2, rest2, epsilon].map(
          splat,
        );
        const nonFinite = f.let(i32x4.const(0), 'nonFinite');
        const first = f.local('v128', 'first');
        const second = f.local('v128', 'second');
        const weight = f.local('v128', 'weight');
        const update = (): void => {
          const gradient = f.let(v128.load(g));
          // m = beta1 m + rest1 g
          f.set(first, f32x4.add(f32x4.mul(decay1!, v128.load(m)), f32x4.mul(fresh1!, gradient)));
          // v = beta2 v + rest2 (g g)
          f.set(second, f32x4.add(f32x4.mul(decay2!, v128.load(v)), f32x4.mul(fresh2!, f32x4.mul(gradient, gradient))));
          // w = w - (rate m) / (sqrt(v) + epsilon)
          const change = f32x4.div(f32x4.mul(rates!, first), f32x4.add(f32x4.sqrt(second), epsilons!));
          f.set(weight, f32x4.sub(v128.load(w), change));
        };
        // x - x is 0 for a finite x, else NaN.
        const broken = (): Expr<'v128'> => f32x4.ne(f32x4.add(f32x4.sub(weight, weight), f32x4.sub(second, second)), 0);
        const end = f.let(i32.add(w, i32.shl(i32.and(count, -4), 2)), 'end');
        f.for(w, end, 16, () => {
          update();
          f.emit(v128.store(m, first), v128.store(v, second), v128.store(w, weight));
          f.set(nonFinite, i32x4.sub(nonFinite, broken()));
          advance(f, 16, m, v, g);
        });
        const rest = f.let(i32.and(count, 3), 'rest');
        f.if(rest, () => {
          update();
          storeLanes(f, m, first, rest);
          storeLanes(f, v, second, rest);
          storeLanes(f, w, weight, rest);
          f.set(nonFinite, i32x4.sub(nonFinite, keepLanes(broken(), rest)));
        });
        return sumIntegers(nonFinite);
      },
    ),
  };
}
