/**
 * beta^t for t = 0, 1, 2, ... by float64 multiplication, since Math.pow differs between engines:
 *   beta^t = (beta^BLOCK)^q beta^r,  t = q BLOCK + r,
 * where beta^r and beta^BLOCK are products of one factor after the other, and (beta^BLOCK)^q is computed by repeated
 * squaring. The power after the last one costs one multiplication. Any other costs about BLOCK of them, a few
 * milliseconds, for any t.
 */

/** Changing it changes the bits of powers from here on. Below it, a power is the plain product. */
const BLOCK = 2 ** 20;

/** t -> beta^t, for whole t from 0. It is fastest for the t of its last call and the one after. */
export function powersOf(beta: number): (t: number) => number {
  let at = 0;
  let inBlock = 1;
  let ofBlocks = 1;
  return (t) => {
    if (t === at) return ofBlocks * inBlock;
    const sameBlock = Math.floor(t / BLOCK) === Math.floor(at / BLOCK);
    const from = sameBlock && t > at ? at % BLOCK : 0;
    inBlock = repeatedProduct(from === 0 ? 1 : inBlock, beta, (t % BLOCK) - from);
    if (!sameBlock) ofBlocks = repeatedSquare(repeatedProduct(1, beta, BLOCK), Math.floor(t / BLOCK));
    at = t;
    return ofBlocks * inBlock;
  };
}

function repeatedProduct(start: number, factor: number, count: number): number {
  let product = start;
  for (let i = 0; i < count; i++) product *= factor;
  return product;
}

function repeatedSquare(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
