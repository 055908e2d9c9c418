import { describe, expect, test } from 'vitest';
import { f32, f32x4, i32, i64 } from '../../src/wasm/index.ts';
import { run } from './helpers.ts';

describe('loops', () => {
  const { call, view } = run((module) => {
    const counted = (name: string, step: number): void => {
      // Adds 1 to the word at 0 for each turn, and returns where the counter ended.
      module.function(name, { begin: 'i32', end: 'i32' }, 'i32', (f, { begin, end }) => {
        f.for(begin, end, step, () => f.emit(i32.store(0, i32.add(i32.load(0), 1))));
        f.return(begin);
      });
    };
    counted('for', 4);
    module.function('while', { n: 'i32' }, 'i32', (f, { n }) => {
      const turns = f.local('i32', 'turns');
      f.while(i32.gt_u(n, 1), () => {
        f.if(
          i32.and(n, 1),
          () => f.set(n, i32.add(i32.mul(n, 3), 1)),
          () => f.set(n, i32.shr_u(n, 1)),
        );
        f.set(turns, i32.add(turns, 1));
      });
      return turns;
    });
    module.function('doWhile', { n: 'i32' }, 'i32', (f, { n }) => {
      const digits = f.local('i32');
      f.doWhile(() => f.set(digits, i32.add(digits, 1)), f.tee(n, i32.div_u(n, 10)));
      return digits;
    });
  });

  test.each([
    [0, 0, 0, 0],
    [8, 4, 0, 8],
    [0, 4, 1, 4],
    [0, 5, 2, 8],
    [0, 400, 100, 400],
    // Unsigned: -16 is an address near the top.
    [-16, -4, 3, -4],
  ])('for from %d below %d runs %d times', (begin, end, turns, last) => {
    view.setInt32(0, 0, true);
    expect(call('for', begin, end)).toBe(last);
    expect(view.getInt32(0, true)).toBe(turns);
  });

  test('while: 27 takes 111 Collatz steps, 1 takes none', () => {
    expect([call('while', 27), call('while', 1)]).toEqual([111, 0]);
  });

  test('doWhile runs at least once; tee in the condition', () => {
    expect([0, 9, 10, 12345].map((n) => call('doWhile', n))).toEqual([1, 1, 2, 5]);
  });
});

test('if without and with else, nested, and early return', () => {
  const { call } = run((module) => {
    module.function('sign', { x: 'i32' }, 'i32', (f, { x }) => {
      f.if(i32.lt_s(x, 0), () => f.return(-1));
      const result = f.local('i32');
      f.if(
        i32.gt_s(x, 0),
        () =>
          f.if(
            i32.gt_s(x, 100),
            () => f.set(result, 2),
            () => f.set(result, 1),
          ),
        () => f.set(result, 0),
      );
      f.return(result);
    });
  });
  expect([-3, 0, 5, 500].map((x) => call('sign', x))).toEqual([-1, 0, 1, 2]);
});

test('locals of mixed types, declared anywhere, keep their values and start at zero', () => {
  const { call } = run((module) => {
    module.function('mixed', { x: 'f32' }, 'f32', (f, { x }) => {
      const a = f.let(f32.mul(x, 2), 'a');
      const count = f.local('i32');
      const wide = f.let(i64.extend_i32_u(3));
      const b = f.let(f32.add(a, 1), 'b');
      const lanes = f.local('v128');
      f.if(count, () => f.return(-1));
      f.set(lanes, f32x4.add(lanes, f32x4.splat(b)));
      return f32.add(f32x4.extract_lane(lanes, 2), f32.convert_i32_s(i32.wrap_i64(wide)));
    });
  });
  // 2 * 10 + 1 + 3
  expect(call('mixed', 10)).toBe(24);
});

test('drop runs a call for its effect', () => {
  const { call, view } = run((module) => {
    const bump = module.function('bump', {}, 'i32', (f) => {
      f.emit(i32.store(0, i32.add(i32.load(0), 1)));
      f.return(1);
    });
    module.function('twice', {}, 'void', (f) => {
      f.drop(bump.call({}));
      f.drop(bump.call({}));
    });
  });
  call('twice');
  expect(view.getInt32(0, true)).toBe(2);
});
