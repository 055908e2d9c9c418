/** Distances in units in the last place of float32. */

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Consecutive float32 numbers have consecutive indices, -0 and +0 the same one. */
function float32Index(x: number): number {
  float[0] = x;
  return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
}

/** The float32 number with these bits. */
export function float32FromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

/**
 * |got - exact| in ulps of float32 at `exact`, a float64 value; 0.5 is a correctly rounded result. If `exact` overflows
 * float32, `got` must be infinite, and the distance is counted in representable numbers.
 */
export function ulpDistance(got: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(got) ? 0 : Infinity;
  if (got === exact) return 0;
  const magnitude = Math.abs(exact);
  if (!Number.isFinite(got) || magnitude > 3.4028234e38) return Math.abs(float32Index(got) - float32Index(exact));
  // The spacing of float32 in the binade of `exact`: 2^-149 below 2^-126.
  const exponent = magnitude < 2 ** -126 ? -126 : Math.floor(Math.log2(magnitude));
  return Math.abs(got - exact) / 2 ** (exponent - 23);
}
