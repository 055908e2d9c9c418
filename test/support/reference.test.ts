import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readGanSteps, readLayers } from './fixtures.ts';
import { digest, hashedFloats } from './reference.ts';

describe('hashedFloats', () => {
  it('makes the very values that hashing.py wrote into layers.json', () => {
    const { count, salt, low, high, values } = readLayers().hash;
    expect(Array.from(hashedFloats(count, salt, low, high))).toEqual(values);
  });

  // The SHA-256 of hashed_floats(401408, 4000000001, -0.068, 0.068).tobytes() in bench/support/hashing.py.
  it('equals its Python twin in every bit of 401,408 values', () => {
    const values = hashedFloats(401_408, 4_000_000_001, -0.068, 0.068);
    const hash = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
    expect(hash).toBe('439db8cd19ca2dc5a871a591b588b58dfdeec929e7c80751459d9aa6771a8120');
  });
});

describe('digest', () => {
  it('keeps small tensors whole and 64 samples of large ones, and sees a swap', () => {
    const values = hashedFloats(2048, 7);
    const swapped = values.slice();
    [swapped[3], swapped[4]] = [values[4]!, values[3]!];
    expect(digest(values).values).toEqual(Array.from({ length: 64 }, (_, k) => values[16 + 32 * k]));
    expect(digest(values.subarray(0, 5)).values).toEqual(Array.from(values.subarray(0, 5)));
    expect(digest(swapped).projections[0]).not.toBeCloseTo(digest(values).projections[0]!, 6);
  });

  it('is the digest that gan_steps.py stored: the moving statistics sum to what their values sum to', () => {
    for (const step of readGanSteps().steps) {
      for (const [name, stored] of Object.entries(step.weights)) {
        if (!name.includes('moving')) continue;
        // Stored values have 10 digits, up to 784 of them near 1: 784 * 5e-11.
        const { projections, sum } = digest(stored.values);
        expect(Math.abs(sum - stored.sum), name).toBeLessThan(4e-8);
        expect(Math.abs(projections[0]! - stored.projections[0]!), name).toBeLessThan(4e-8);
        expect(Math.abs(projections[1]! - stored.projections[1]!), name).toBeLessThan(4e-8);
      }
    }
  });
});
