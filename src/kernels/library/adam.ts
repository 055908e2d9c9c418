/** The whole update of Adam in one pass. */
import { type Expr, f32x4, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';
import { type KernelOf, kernel } from '../kernel.ts';
import { advance, keepLanes, storeLanes, sumIntegers, type Vector } from '../simd/vectors.ts';

const ADAM = 'w, m, v, g: address; rate, beta1, rest1, beta2, rest2, epsilon: f32; count: i32 -> i32';

/**
 * One step of Adam on one variable:
 * m = beta1 m + rest1 g; v = beta2 v + rest2 (g g); w = w - (rate m) / (sqrt(v) + epsilon), with rest = 1 - beta.
 * Returns the number of elements whose w or v is NaN or infinite afterwards. An m that is NaN or infinite makes v or w
 * so too.
 */
export const adam: KernelOf<typeof ADAM> = /*#__PURE__*/ kernel('adam', ADAM, {
  portable:
    (heap, { round }) =>
    (w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon, count) => {
      const f = heap.floats;
      const stepSize = round(rate);
      const decay1 = round(beta1);
      const fresh1 = round(rest1);
      const decay2 = round(beta2);
      const fresh2 = round(rest2);
      const smallest = round(epsilon);
      let nonFinite = 0;
      for (let i = 0; i < count; i++) {
        const gradient = f[g + i]!;
        const first = round(round(decay1 * f[m + i]!) + round(fresh1 * gradient));
        const second = round(round(decay2 * f[v + i]!) + round(fresh2 * round(gradient * gradient)));
        const weight = round(f[w + i]! - round(round(stepSize * first) / round(round(Math.sqrt(second)) + smallest)));
        f[m + i] = first;
        f[v + i] = second;
        f[w + i] = weight;
        if (weight - weight + (second - second) !== 0) nonFinite++;
      }
      return nonFinite;
    },
  simd: (f, { w, m, v, g, rate, beta1, rest1, beta2, rest2, epsilon, count }) => {
    const splat = (value: Local<'f32'>): Vector => f.let(f32x4.splat(value));
    const [rates, decay1, fresh1, decay2, fresh2, epsilons] = [rate, beta1, rest1, beta2, rest2, epsilon].map(splat);
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
  split: { along: 'count', move: ['w', 'm', 'v', 'g'], cost: 4 },
});
