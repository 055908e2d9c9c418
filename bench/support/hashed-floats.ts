/**
 * Numbers that TypeScript and the Python scripts of the fixtures compute with equal bits, so that fixtures and
 * benchmarks need not store weights.
 *
 *     h = (i * 0x9E3779B9 + salt) mod 2^32
 *     h ^= h >>> 16;  h *= 0x85EBCA6B;  h ^= h >>> 13;  h *= 0xC2B2AE35;  h ^= h >>> 16
 *     u = (h >>> 8) / 2^24
 *     value = f32(f32(low) + f32(u * f32(f32(high) - f32(low))))
 *
 * The five mixing steps are the finaliser of MurmurHash3 (Austin Appleby, public domain). The Python twin is
 * `hashed_floats` in bench/support/hashing.py.
 */

/** `count` float32 values in [low, high]; `salt` is an unsigned 32-bit integer that names the sequence. */
export function hashedFloats(count: number, salt: number, low = -1, high = 1): Float32Array {
  const start = Math.fround(low);
  const width = Math.fround(Math.fround(high) - start);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    let h = (Math.imul(i, 0x9e3779b9) + salt) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    const unit = (h >>> 8) / 0x1000000;
    values[i] = start + Math.fround(unit * width);
  }
  return values;
}
