/**
 * What every optimizer has: a learning rate or a schedule, its settings, slots by name, steps that can be restored; and
 * optimizers of users.
 */
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  adam,
  adamW,
  add,
  defineOptimizer,
  mul,
  type Optimizer,
  type OptimizerConfig,
  rmsprop,
  schedules,
  sgd,
  sub,
  tensor,
  variable,
  withoutRecording,
  zeros,
} from '../../src/index.ts';
import { heap, withRuntime } from '../../src/kernels/runtime.ts';
import { powersOf } from '../../src/optim/powers.ts';
import { KERNEL_SETS } from '../support/kernel-sets.ts';
import { hashedFloats } from '../support/reference.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

const MAKERS: readonly (readonly [string, (config?: OptimizerConfig) => Optimizer])[] = [
  ['adam', adam],
  ['adamW', adamW],
  ['sgd', sgd],
  ['sgd with momentum', (config) => sgd({ momentum: 0.9, ...config })],
  ['sgd with Nesterov momentum', (config) => sgd({ momentum: 0.9, nesterov: true, ...config })],
  ['rmsprop', rmsprop],
  [
    'rmsprop, centered, with momentum',
    (config) => rmsprop({ momentum: 0.5, centered: true, epsilon: 1e-3, ...config }),
  ],
];

describe.each(MAKERS)('%s', (_, make) => {
  const gradientAt = (step: number) => [tensor(hashedFloats(7, step, -2, 2))];

  it('continues with the same bits from weights, slots and the step count, with schedule and clipping', () => {
    const config = (): OptimizerConfig => ({
      learningRate: schedules.cosineDecay({
        initialLearningRate: 0,
        warmupTarget: 0.05,
        warmupSteps: 3,
        decaySteps: 9,
      }),
      clipNorm: 2,
    });
    const [straight, resumed] = [1, 1].map(() => variable(tensor(hashedFloats(7, 99))));
    const one = make(config());
    for (let step = 0; step < 5; step++) one.apply([straight!], gradientAt(step));
    const two = make(config());
    two.restore(one.step);
    resumed!.assign(straight!);
    for (const [slot, values] of Object.entries(one.slots(straight!))) two.slots(resumed!)[slot]!.assign(values);
    for (let step = 5; step < 11; step++) {
      one.apply([straight!], gradientAt(step));
      two.apply([resumed!], gradientAt(step));
    }
    expect([...resumed!.data]).toEqual([...straight!.data]);
    expect(two.step).toBe(11);
  });

  it('gives the same bits on every kernel set', () => {
    const runs = KERNEL_SETS.map(({ create }) => {
      const { heap, set: kernels } = create();
      return withRuntime({ heap, kernels }, () => {
        const weight = variable(tensor(hashedFloats(7, 99)));
        const optimizer = make({ learningRate: 0.05, globalClipNorm: 1.5 });
        for (let step = 0; step < 4; step++) optimizer.apply([weight], gradientAt(step));
        return [weight, ...Object.values(optimizer.slots(weight))].map(({ data }) => [...data]);
      });
    });
    for (const run of runs) expect(run).toEqual(runs[0]);
  });

  it('learningRate is read and set: the next step uses it, and the config stays as it was made', () => {
    const optimizer = make({ learningRate: 0.5 });
    expect(optimizer.learningRate).toBe(0.5);
    optimizer.learningRate = 0;
    expect([optimizer.learningRate, optimizer.config['learningRate']]).toEqual([0, 0.5]);
    const weight = variable(tensor([1, 2, 3, 4, 5, 6, 7]));
    optimizer.apply([weight], gradientAt(1));
    expect([...weight.data]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    optimizer.learningRate = 0.1;
    optimizer.apply([weight], gradientAt(1));
    expect([...weight.data]).not.toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const bad of [-1, NaN, Infinity, '0.1', undefined, null]) {
      const error = thrownBy(ArgumentError, () => {
        optimizer.learningRate = wrong(bad);
      });
      expect(error.message).toMatch(/: learningRate must be a finite number of at least 0; got /);
    }
    expect(optimizer.learningRate).toBe(0.1);
  });

  it('a schedule gets the steps that are done, and cannot be set', () => {
    const asked: number[] = [];
    const optimizer = make({
      learningRate: (step) => {
        asked.push(step);
        return 0.1 / (step + 1);
      },
    });
    const weight = variable(zeros([7]));
    for (let step = 0; step < 3; step++) optimizer.apply([weight], gradientAt(step));
    expect(asked).toEqual([0, 1, 2]);
    optimizer.restore(9);
    expect(optimizer.learningRate).toBe(0.01);
    const error = thrownBy(ArgumentError, () => {
      optimizer.learningRate = 1;
    });
    expect(error.message).toContain('learningRate is a schedule and cannot be set; got 1');
  });

  it.each([-1, NaN, Infinity, '1', undefined, Promise.resolve(1)])(
    'a schedule that returns %s is refused before anything has changed',
    (bad) => {
      const optimizer = make({ learningRate: () => wrong(bad) });
      const weight = variable(tensor([1]));
      const error = thrownBy(ArgumentError, () => optimizer.apply([weight], [tensor([1])]));
      expect(error.message).toContain('the result of learningRate(0) must be a finite number of at least 0; got ');
      expect([weight.item(), optimizer.step]).toEqual([1, 0]);
    },
  );

  it('its config has the schedule and the clipping', () => {
    const schedule = schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 5, decayRate: 0.5 });
    expect(make({ learningRate: schedule, clipValue: 3 }).config).toMatchObject({
      learningRate: 'exponentialDecay',
      'learningRate.initialLearningRate': 1,
      'learningRate.decaySteps': 5,
      'learningRate.decayRate': 0.5,
      'learningRate.staircase': false,
      clipValue: 3,
    });
    expect(make({ learningRate: () => 1 }).config['learningRate']).toBe('a function');
    expect(Object.keys(make().config)).not.toContain('clipNorm');
    expect(Object.isFrozen(make().config)).toBe(true);
  });

  it('options that are undefined count as left out', () => {
    const undefinedOptions = {
      learningRate: undefined,
      clipNorm: undefined,
      clipValue: undefined,
      globalClipNorm: undefined,
    };
    expect(make(undefinedOptions).config).toEqual(make().config);
  });

  it.each([
    [
      { clipNorm: 1, clipValue: 1 },
      /at most one of clipNorm, clipValue and globalClipNorm can be given; got clipNorm and clipValue/,
    ],
  ])('refuses %j', (config, message) => {
    expect(thrownBy(ArgumentError, () => make(wrong(config))).message).toMatch(message);
  });

  it.each([NaN, Infinity])('returns the variable whose gradient holds %d, and no other', (bad) => {
    const [fine, broken] = [variable(tensor([1, 2])), variable(tensor([1, 2]))];
    expect(make().apply([fine, broken], [tensor([1, 1]), tensor([1, bad])])).toEqual([broken]);
  });

  it('returns a variable that is finite while one of its slots is not', () => {
    const optimizer = make({ learningRate: 0 });
    const weight = variable(tensor([1, 2]));
    const [slot] = Object.values(optimizer.slots(weight));
    slot?.assign([0, Infinity]);
    expect(optimizer.apply([weight], [tensor([0, 0])])).toEqual(slot === undefined ? [] : [weight]);
  });

  it('allocates nothing after its first step', () => {
    const weight = variable(tensor(hashedFloats(100, 1)));
    const gradient = tensor(hashedFloats(100, 2, -9, 9));
    const optimizer = make({ clipNorm: 1 });
    optimizer.apply([weight], [gradient]);
    const before = heap().usage();
    for (let i = 0; i < 10; i++) optimizer.apply([weight], [gradient]);
    expect(heap().usage()).toEqual(before);
  });

  it('restore() takes any whole number without delay', () => {
    const optimizer = make();
    const weight = variable(tensor([1]));
    const begin = performance.now();
    for (const step of [2 ** 53 - 2, 2 ** 30, 2 ** 40, 0]) {
      optimizer.restore(step);
      expect(optimizer.apply([weight], [tensor([1])])).toEqual([]);
      expect(optimizer.step).toBe(step + 1);
    }
    // 25 s and more when each step was counted; now some ten milliseconds.
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

describe('powersOf', () => {
  it('is the product, one factor after the other, wherever it is entered', () => {
    for (const beta of [0, 0.5, 0.9, 0.999, 1 - 2 ** -30]) {
      const powers = powersOf(beta);
      let product = 1;
      for (let t = 0; t <= 5000; t++) {
        expect(powers(t)).toBe(product);
        if (t % 617 === 0) expect(powersOf(beta)(t)).toBe(product);
        product *= beta;
      }
      expect(powers(17)).toBe(powersOf(beta)(17));
    }
  });

  it('crosses the border of a block as it is entered behind it', () => {
    const beta = 1 - 2 ** -22;
    const [walked, other] = [powersOf(beta), powersOf(beta)];
    for (const t of [2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 ** 20 + 2, 2 ** 21, 3 * 2 ** 20 + 5]) {
      expect(walked(t)).toBe(powersOf(beta)(t));
      expect(other(t)).toBe(walked(t));
      expect(Math.abs(walked(t) / beta ** t - 1)).toBeLessThan(1e-9);
      other(3);
    }
    expect(powersOf(0.9)(2 ** 53 - 1)).toBe(0);
  });
});

describe('defineOptimizer', () => {
  const heavyBall = (config?: OptimizerConfig): Optimizer<'velocity'> =>
    defineOptimizer(
      {
        name: 'heavyBall',
        settings: { friction: 0.9 },
        slots: ['velocity'],
        update({ variable, gradient, slots: { velocity }, learningRate }) {
          velocity.assign(sub(mul(0.9, velocity), mul(learningRate, gradient)));
          variable.assign(add(variable, velocity));
        },
      },
      config,
    );

  it("makes an optimizer like the library's own", () => {
    const own = heavyBall({ learningRate: 0.1 });
    const ours = sgd({ learningRate: 0.1, momentum: 0.9 });
    const [a, b] = [variable(tensor([1, 2])), variable(tensor([1, 2]))];
    for (let step = 0; step < 4; step++) {
      const gradient = tensor(hashedFloats(2, step));
      own.apply([a], [gradient]);
      ours.apply([b], [gradient]);
    }
    expect([...a.data]).toEqual([...b.data]);
    expect([...own.slots(a).velocity.data]).toEqual([...ours.slots(b)['velocity']!.data]);
    expect(own.config).toEqual({ name: 'heavyBall', learningRate: 0.1, friction: 0.9 });
    expect(heavyBall().learningRate).toBe(0.01);
  });

  it('looks at the new values, unless update() says what it found', () => {
    const weight = variable(tensor([1]));
    expect(heavyBall().apply([weight], [tensor([NaN])])).toEqual([weight]);
    const silent = defineOptimizer({ name: 'silent', update: () => false });
    expect(silent.apply([weight], [tensor([1])])).toEqual([]);
  });

  it('keeps what is made in update() out of the surrounding scope and of the tape', () => {
    const [weight, gradient] = [variable(tensor([1])), tensor([1])];
    const before = heap().usage().blocks;
    heavyBall().apply([weight], [gradient]);
    // The slot.
    expect(heap().usage().blocks - before).toBe(1);
    expect(withoutRecording(() => weight.node)).toBeUndefined();
  });

  it.each([
    [undefined, {}, /^defineOptimizer: options must be a plain object/],
    [{ name: 3, update() {} }, {}, /^defineOptimizer: name must be a string; got 3/],
    [{ name: 'x' }, {}, /^defineOptimizer: update must be a function; got undefined/],
    [{ name: 'x', update() {}, slots: 'm' }, {}, /^defineOptimizer: slots must be a list of names; got "m"/],
    [{ name: 'x', update() {}, slot: [] }, {}, /^defineOptimizer: unknown option "slot". Did you mean slots\?/],
    [{ name: 'x', update() {} }, { rate: 1 }, /^x: unknown option "rate"/],
  ])('refuses %j, %j', (definition, config, message) => {
    expect(thrownBy(ArgumentError, () => defineOptimizer<string>(wrong(definition), wrong(config))).message).toMatch(
      message,
    );
  });
});
