/** ZeroPadding2D: the three forms of padding, shapes and settings. pad()'s values are checked with its samples. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, createRandom, layers, ShapeError, sequential, tensor } from '../../../src/index.ts';
import { thrownBy, wrong } from '../../support/thrown.ts';

describe('zeroPadding2d', () => {
  const forms = [
    ['by default one row or column on each side', {}, [1, 1, 1, 1]],
    ['a number for all sides', { padding: 2 }, [2, 2, 2, 2]],
    ['a pair for height and width', { padding: [2, 0] as const }, [2, 2, 0, 0]],
    ['pairs for all four sides', { padding: [[0, 1] as const, [2, 3] as const] as const }, [0, 1, 2, 3]],
  ] as const;
  it.each(forms)('adds %s', (_, config, [top, bottom, left, right]) => {
    const built = layers.zeroPadding2d(config).build([1, 2, 2], createRandom(1));
    expect(built.settings).toEqual({ top, bottom, left, right });
    const expected = Array.from({ length: top + 1 + bottom }, (_row, row) =>
      Array.from({ length: left + 2 + right }, (_column, column) => {
        const inside = row === top && column >= left && column < left + 2;
        return inside ? [2 * (column - left) + 1, 2 * (column - left) + 2] : [0, 0];
      }),
    );
    expect(built.outputShape).toEqual([expected.length, expected[0]!.length, 2]);
    expect(
      built
        .call(
          tensor([
            [
              [
                [1, 2],
                [3, 4],
              ],
            ],
          ]),
          {},
        )
        .toArray(),
    ).toEqual([expected]);
  });

  it("has Keras's name in a summary", () => {
    const model = sequential([
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 2],
        ],
        inputShape: [3, 4, 5],
      }),
    ]);
    expect(model.summary(() => undefined)).toMatch(/^zero_padding2d \(ZeroPadding2D\) +\(None, 4, 6, 5\) +0$/m);
  });

  it('takes images only', () => {
    const error = thrownBy(ShapeError, () => layers.zeroPadding2d().build([784], createRandom(1)));
    expect(error.message).toBe('layers.zeroPadding2d: items must be images, [height, width, channels]; got [784]');
  });

  it.each([
    [[1, 2, 3], 'padding must be a whole number of at least 0, [height, width] or [[top, bottom], [left, right]]'],
    [[1, [2]], 'padding[1] must be a pair [before, after]; got [2]'],
    [[[1, -1], 2], 'padding[0][1] must be a whole number from 0 to 32768; got -1'],
    [[1, 1.5], 'padding[1] must be a whole number from 0 to 32768; got 1.5'],
  ])('refuses the padding %j', (padding, message) => {
    const error = thrownBy(ArgumentError, () => layers.zeroPadding2d({ padding: wrong(padding) }));
    expect(error.message).toContain(`layers.zeroPadding2d: ${message}`);
  });
});
