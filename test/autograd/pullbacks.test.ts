/** Operations recorded by hand: gradients() frees the tensors that their pullbacks make, and no others. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { type Pullback, record } from '../../src/autograd/record.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { square } from '../../src/ops/unary.ts';
import { thrownBy, wrong } from '../support/thrown.ts';

const valuesOf = (x: Tensor): number[] => Array.from(x.data);

/** y = 7 in x's shape, with this pullback. */
function own(x: Tensor, pullback: Pullback): Tensor {
  return record('own', tensor(new Float32Array(x.size).fill(7), x.shape), [x], [pullback]);
}

describe.each([
  ['outside a scope', (body: () => void) => body()],
  ['in a scope', (body: () => void) => scope(body)],
] as const)('a pullback may give, %s,', (_, inPlace) => {
  const x = variable(tensor([1, 2]));

  it('a tensor that it has saved: for a variable, and on the way to one', () => {
    inPlace(() => {
      const saved = tensor([3, 4]);
      // A multiplication by 2 follows, so the saved tensor is not the requested gradient.
      for (const [input, expected] of [
        [x, [3, 4]],
        [mul(x, 2), [6, 8]],
      ] as const) {
        const loss = sum(own(input, () => saved));
        for (let time = 0; time < 2; time++) {
          const [dx] = gradients(loss, [x]);
          expect(valuesOf(dx!)).toEqual(expected);
          expect(dx!.storage === saved.storage).toBe(false);
          dx!.dispose();
          expect(valuesOf(saved)).toEqual([3, 4]);
        }
      }
    });
  });

  it('another shape of a tensor that it has saved', () => {
    inPlace(() => {
      const saved = tensor([[3], [4]]);
      const loss = sum(own(mul(x, 2), () => reshape(saved, [2])));
      expect(valuesOf(gradients(loss, [x])[0]!)).toEqual([6, 8]);
      expect(valuesOf(saved)).toEqual([3, 4]);
    });
  });

  it('its input, its output, a variable', () => {
    inPlace(() => {
      const input = mul(x, 2);
      const output: Tensor = own(input, () => output);
      const w = variable(tensor([5, 6]));
      const cases: readonly (readonly [Tensor, number[]])[] = [
        [own(input, () => input), [4, 8]],
        [output, [14, 14]],
        [own(input, () => w), [10, 12]],
      ];
      for (const [y, expected] of cases) {
        for (let time = 0; time < 2; time++) expect(valuesOf(gradients(sum(y), [x])[0]!)).toEqual(expected);
      }
      expect([input, output, w, x].map(valuesOf)).toEqual([
        [2, 4],
        [7, 7],
        [5, 6],
        [1, 2],
      ]);
    });
  });

  it('dy, to several inputs, some of which have other gradients', () => {
    inPlace(() => {
      const [a, b] = [mul(x, 2), mul(x, 3)];
      const y = record('both', tensor([0, 0]), [a, b, a], [(dy) => dy, (dy) => dy, (dy) => dy]);
      // 2 + 3 + 2, and the gradients through a alone and through b alone.
      const loss = sum(add(add(y, a), b));
      for (let time = 0; time < 2; time++) expect(valuesOf(gradients(loss, [x])[0]!)).toEqual([12, 12]);
    });
  });

  it('the same new tensor for several inputs', () => {
    inPlace(() => {
      const w = variable(tensor([1, 1]));
      let shared: Tensor | undefined;
      const first: Pullback = (dy) => {
        shared = mul(dy, 5);
        return shared;
      };
      const again: Pullback = () => shared!;
      // w has a gradient already when the first pullback gives it another one: the sum of both is new.
      const y = record('shared', tensor([0, 0]), [w, x, w, x], [first, again, again, again]);
      const loss = add(sum(w), sum(y));
      for (let time = 0; time < 2; time++) {
        const [dw, dx] = gradients(loss, [w, x]);
        expect([dw!, dx!].map(valuesOf)).toEqual([
          [11, 11],
          [10, 10],
        ]);
        expect(dw!.storage === dx!.storage).toBe(false);
      }
    });
  });
});

describe('what a pullback makes', () => {
  it('is freed when the call ends, outside a scope too: only the gradient stays', () => {
    const x = variable(tensor([1, 2]));
    const loss = sum(own(square(own(x, (dy) => mul(add(dy, 1), 2))), (dy) => mul(square(mul(dy, 3)), add(dy, 1))));
    const before = heap().usage().blocks;
    const [dx] = gradients(loss, [x]);
    // 9 * 2, times 2 * 7, plus 1, times 2
    expect(valuesOf(dx!)).toEqual([506, 506]);
    expect(heap().usage().blocks - before).toBe(1);
  });

  it('cannot be kept for the next call: it says so', () => {
    const x = variable(tensor([1, 2]));
    let kept: Tensor | undefined;
    const loss = sum(own(mul(x, 2), () => (kept ??= tensor([1, 1]))));
    expect(valuesOf(gradients(loss, [x])[0]!)).toEqual([2, 2]);
    expect(thrownBy(RuntimeError, () => gradients(loss, [x])).message).toMatch(
      /^gradients: the gradient that own gives for its input 0: tensor: it was freed by/,
    );
  });

  it('must be a tensor of the shape of its input', () => {
    const x = variable(tensor([1, 2]));
    expect(thrownBy(ShapeError, () => gradients(sum(own(x, () => tensor([1]))), [x])).message).toBe(
      "gradients: the gradient that own gives for its input 0 must have that input's shape [2]; got [1]",
    );
    expect(thrownBy(ArgumentError, () => gradients(sum(own(x, () => wrong([1, 2]))), [x])).message).toMatch(
      /^gradients: the gradient that own gives for its input 0 must be a Tensor; got/,
    );
  });
});
