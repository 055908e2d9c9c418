/** The losses of all steps so far, for the curves: rows of step, discriminator loss, generator loss and penalty. */

const COLUMNS = 4;

export class LossRows {
  #values: Float32Array<ArrayBuffer>;
  #count: number;
  #taken: number;

  /** @param values - rows of a saved training; a part of a row at the end is left out. */
  constructor(values: Float32Array = new Float32Array(0)) {
    this.#count = Math.floor(values.length / COLUMNS);
    this.#values = new Float32Array(Math.max(4096, 2 * this.#count) * COLUMNS);
    this.#values.set(values.subarray(0, this.#count * COLUMNS));
    this.#taken = this.#count;
  }

  add(step: number, discriminatorLoss: number, generatorLoss: number, penalty: number): void {
    const start = this.#count * COLUMNS;
    if (start === this.#values.length) {
      const larger = new Float32Array(2 * start);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[start] = step;
    this.#values[start + 1] = discriminatorLoss;
    this.#values[start + 2] = generatorLoss;
    this.#values[start + 3] = penalty;
    this.#count++;
  }

  /** A copy of all rows. */
  all(): Float32Array<ArrayBuffer> {
    return this.#values.slice(0, this.#count * COLUMNS);
  }

  /** A copy of the rows since the last call. */
  takeNew(): Float32Array<ArrayBuffer> {
    const rows = this.#values.slice(this.#taken * COLUMNS, this.#count * COLUMNS);
    this.#taken = this.#count;
    return rows;
  }

  /** Drops the rows after a step: a resumed training makes them again. */
  keepUntil(step: number): void {
    while (this.#count > 0 && this.#values[(this.#count - 1) * COLUMNS]! > step) this.#count--;
    this.#taken = Math.min(this.#taken, this.#count);
  }
}
