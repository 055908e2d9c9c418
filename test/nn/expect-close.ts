/** Compares values with constants: each must be within atol + rtol |expected|. A NaN or a wrong length fails too. */

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
    // A NaN counts as the worst element.
    if (over > excess || Number.isNaN(over)) {
      excess = Number.isNaN(over) ? Infinity : over;
      worst = i;
    }
  }
  if (excess > 0) {
    const off = Math.abs(got[worst]! - expected[worst]!);
    throw new Error(
      `${label}[${worst}]: got ${got[worst]}, expected ${expected[worst]}: off by ${off}, ` +
        `allowed ${atol} + ${rtol} |expected|`,
    );
  }
}

/**
 * The tolerance for float32 results: four times the error that PyTorch in float32 makes in the same case, since another
 * order of summation rounds differently, plus two ulp of the largest value, for cases that PyTorch happens to compute
 * exactly. A wrong formula differs in the first digits.
 */
export function float32Tolerance(float32Error: number, expected: readonly number[]): Tolerance {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { atol: 4 * float32Error + largest * 2 ** -22 };
}
