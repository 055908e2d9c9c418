/**
 * adam() against Keras's formula in PyTorch float64 (test/fixtures/layers.py, adam_case): five steps on eight weights
 * whose gradients are ordinary, always 0, sometimes 0, tiny, huge, of changing sign, huge and then tiny, and about
 * epsilon.
 */
import { describe, expect, it } from 'vitest';
import {
  type AdamConfig,
  adam,
  createRandom,
  type Optimizer,
  type Tensor,
  tensor,
  type Variable,
  variable,
  zeros,
} from '../../src/index.ts';
import { expectClose, float32Tolerance } from '../nn/expect-close.ts';
import { fromFixture } from '../nn/layers/support.ts';
import { type AdamCase, readLayers } from '../support/fixtures.ts';
import { countKernels } from '../support/spy.ts';

const CASES = readLayers().adam;

function configOf({ learningRate, beta1, beta2, epsilon }: AdamCase): AdamConfig {
  return { learningRate, beta1, beta2, epsilon };
}

function start(
  one: AdamCase,
  config: AdamConfig = configOf(one),
): { weight: Variable; optimizer: Optimizer<'m' | 'v'> } {
  return { weight: variable(fromFixture(one.initial), 'weight'), optimizer: adam(config) };
}

/** Each of at most five steps rounds m and v four times by half an ulp, relative to the largest terms seen so far. */
const MOMENTS = { rtol: 20 * 2 ** -24 };

describe('against PyTorch', () => {
  for (const one of CASES) {
    it(`${one.name}: weights and moments after each of five steps`, () => {
      const { weight, optimizer } = start(one);
      const seen = { m: new Float64Array(8), v: new Float64Array(8) };
      one.steps.forEach(({ gradient, m, v, value }, i) => {
        expect(optimizer.apply([weight], [fromFixture(gradient)])).toEqual([]);
        expectClose(
          `step ${i + 1}: weight`,
          weight.data,
          value.values,
          float32Tolerance(one.float32Error.value, value.values),
        );
        const slots = optimizer.slots(weight);
        for (const [name, expected] of [['m', m.values] as const, ['v', v.values] as const]) {
          for (let k = 0; k < 8; k++) {
            const term = name === 'm' ? Math.abs(gradient.values[k]!) : gradient.values[k]! ** 2;
            seen[name][k] = Math.max(seen[name][k]!, 0.1 * term, Math.abs(expected[k]!));
            const label = `step ${i + 1}: ${name}[${k}]`;
            expectClose(label, [slots[name].data[k]!], [expected[k]!], { atol: MOMENTS.rtol * seen[name][k]! });
          }
        }
      });
      expect(optimizer.step).toBe(5);
    });
  }

  it("the defaults are Keras's", () => {
    const one = CASES.find(({ name }) => name === 'defaults')!;
    const [given, standard] = [start(one), start(one, {})];
    for (const { gradient } of one.steps) {
      given.optimizer.apply([given.weight], [fromFixture(gradient)]);
      standard.optimizer.apply([standard.weight], [fromFixture(gradient)]);
    }
    expect([...standard.weight.data]).toEqual([...given.weight.data]);
    expect(standard.optimizer.config).toEqual({
      name: 'adam',
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-7,
    });
  });

  it('is one pass over each variable', () => {
    const { weight, optimizer } = start(CASES[0]!);
    const { counts } = countKernels(() => optimizer.apply([weight], [zeros([8])]));
    expect(counts.adam).toBe(1);
    expect(Object.keys(counts)).toEqual(['adam']);
  });
});

describe('slots and restore', () => {
  const [one] = CASES;

  it('slots are zeros of the shape of the variable, the same at each call', () => {
    const optimizer = adam();
    const weight = variable(zeros([2, 3]));
    const { m, v } = optimizer.slots(weight);
    expect([m.shape, v.shape, [...m.data], [...v.data]]).toEqual([[2, 3], [2, 3], Array(6).fill(0), Array(6).fill(0)]);
    expect(optimizer.slots(weight)).toBe(optimizer.slots(weight));
    expect(optimizer.slots(weight).m).toBe(m);
    expect(optimizer.slots(variable(zeros([2, 3]))).m).not.toBe(m);
  });

  it('another optimizer continues with the same bits from weights, moments and the step count', () => {
    const whole = start(one!);
    const { weight, optimizer: first } = start(one!);
    const second = adam(configOf(one!));
    const gradientAt = (i: number): Tensor[] => [fromFixture(one!.steps[i]!.gradient)];
    for (let i = 0; i < 5; i++) whole.optimizer.apply([whole.weight], gradientAt(i));
    for (let i = 0; i < 2; i++) first.apply([weight], gradientAt(i));
    const { m, v } = first.slots(weight);
    second.slots(weight).m.assign(m.data);
    second.slots(weight).v.assign(v.data);
    second.restore(first.step);
    for (let i = 2; i < 5; i++) second.apply([weight], gradientAt(i));
    expect([...weight.data]).toEqual([...whole.weight.data]);
    expect(second.step).toBe(5);
  });

  it('without the count of steps the bits would differ: the bias correction depends on it', () => {
    const { weight, optimizer } = start(one!);
    const { weight: other, optimizer: late } = start(one!);
    late.restore(100);
    const gradient = [fromFixture(one!.steps[0]!.gradient)];
    optimizer.apply([weight], gradient);
    late.apply([other], gradient);
    expect(weight.data[0]).not.toBe(other.data[0]);
  });

  it('restore(0) starts again', () => {
    const { weight, optimizer } = start(one!);
    optimizer.apply([weight], [zeros([8])]);
    optimizer.restore(0);
    expect(optimizer.step).toBe(0);
  });
});

describe('what is not finite', () => {
  it.each([Number.NaN, Infinity, -Infinity])('a gradient of %d: apply returns its variable and no other', (bad) => {
    const optimizer = adam();
    const [fine, broken, also] = ['fine', 'broken', 'also'].map((name) => variable(createRandom(1).normal([5]), name));
    const gradients = [zeros([5]), tensor([0, 0, 0, 0, bad]), createRandom(2).normal([5])];
    expect(optimizer.apply([fine!, broken!, also!], gradients)).toEqual([broken]);
    // An infinite gradient makes inf / inf = NaN.
    expect(Array.from(broken!.data, Number.isFinite)).toEqual([true, true, true, true, false]);
    expect([...fine!.data, ...also!.data].every(Number.isFinite)).toBe(true);
  });

  it.each([2e19, -3e38])(
    'a gradient of %d, whose square is beyond float32: the moment v is infinite, and its variable is returned',
    (bad) => {
      const optimizer = adam();
      const [fine, stuck] = [variable(zeros([5]), 'fine'), variable(tensor([1, 2, 3, 4, 5]), 'stuck')];
      expect(optimizer.apply([fine, stuck], [zeros([5]), tensor([0, 0, 0, 0, bad])])).toEqual([stuck]);
      expect(optimizer.slots(stuck).v.data[4]).toBe(Infinity);
    },
  );

  it('an update beyond float32 is reported too', () => {
    const optimizer = adam({ learningRate: 1e39 });
    const weight = variable(tensor([1]));
    expect(optimizer.apply([weight], [tensor([1])])).toEqual([weight]);
  });

  it('a learning rate of 0 changes nothing', () => {
    const weight = variable(tensor([1, -2]));
    expect(adam({ learningRate: 0 }).apply([weight], [tensor([3, 4])])).toEqual([]);
    expect([...weight.data]).toEqual([1, -2]);
  });
});
