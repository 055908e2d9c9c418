/** Values against constants, each within atol + rtol |expected|: a NaN, a wrong length and a wrong sign all fail. */

export interface Tolerance {
  readonly atol: number;
  readonly rtol?: number;
}

/** Throws an Error that names the case and the worst element. */
export function expectClose(
  label: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol, rtol = 0 }: Tolerance,
): void {
  if (got.length !== expected.length) throw new Error(`${label}: ${got.length} values, expected ${expected.length}`);
  let worst = 0;
  let excess = -Infinity;
  for (let i = 0; i < got.length; i++) {
    const over = Math.abs(got[i]! - expected[i]!) - (atol + rtol * Math.abs(expected[i]!));
    // A NaN is the worst of all.
    if (over > excess || Number.isNaN(over)) {
      excess = Number.isNaN(over) ? Infinity : over;
      worst = i;
    }
  }
  if (excess > 0) {
    const off = Math.abs(got[worst]! - expected[worst]!);
    throw new Error(
      `${label}[${worst}]: got ${got[worst]}, expected ${expected[worst]}: off by ${off}, allowed ${atol} + ${rtol} |expected|`,
    );
  }
}

/**
 * What a correct float32 program may be off by, from what PyTorch in float32 was off by in the same case. Another order of
 * summation rounds differently but not worse: four times that; and where PyTorch happened to round nothing, two ulp of the largest
 * value. Wrong formulas differ in the first digits.
 */
export function float32Tolerance(float32Error: number, expected: readonly number[]): Tolerance {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { atol: 4 * float32Error + largest * 2 ** -22 };
}
