/**
 * The training whose state must have the same hash in every engine: 200 steps of the dense GAN, batch 32. It runs
 * unchanged in Node, Deno, Bun and browsers. `ganvas` is the imported package.
 *
 * @param {typeof import('../../src/index.ts')} ganvas
 * @param {{ kernels: 'portable' | 'simd', threads: number }} configuration
 * @returns {Promise<{ hash: string, kernels: string, threads: number, seconds: number }>} the hash, and what really ran
 */
export async function trainAndHash(ganvas, { kernels, threads }) {
  const { adam, configure, dataset, runtimeInfo, trainGan } = ganvas;
  await configure({ kernels, threads });
  const begin = performance.now();
  const [count, batchSize, epochs] = [1600, 32, 4];
  const generatorOptimizer = adam({ learningRate: 1e-3 });
  const discriminatorOptimizer = adam({ learningRate: 1e-3 });
  const parts = [];
  const { generator, discriminator, history } = await trainGan({
    images: dataset(picturesOf(count), [count, 28, 28, 1]),
    epochs,
    batchSize,
    threads,
    seed: 2024,
    generatorOptimizer,
    discriminatorOptimizer,
    onEpoch: ({ samples }) => parts.push(samples.data.slice()),
  });
  for (const { epoch, generatorLoss, discriminatorLoss } of history) {
    parts.push(Float64Array.of(epoch, generatorLoss, discriminatorLoss));
  }
  for (const [model, optimizer] of [
    [generator, generatorOptimizer],
    [discriminator, discriminatorOptimizer],
  ]) {
    for (const weight of model.weights) parts.push(weight.data.slice());
    for (const weight of model.trainableWeights) {
      const { m, v } = optimizer.slots(weight);
      parts.push(m.data.slice(), v.data.slice());
    }
    parts.push(Float64Array.of(optimizer.step));
  }
  const { kernels: used, threads: running } = runtimeInfo();
  return { hash: await sha256(parts), kernels: used, threads: running, seconds: (performance.now() - begin) / 1000 };
}

/** Images of rings, with place and size from an integer hash. */
function picturesOf(count) {
  const bytes = new Uint8Array(count * 784);
  for (let image = 0; image < count; image++) {
    const word = Math.imul(image + 1, 0x9e3779b1) >>> 0;
    const [row, column, radius] = [9 + (word % 10), 9 + ((word >>> 8) % 10), 16 + ((word >>> 16) % 60)];
    for (let pixel = 0; pixel < 784; pixel++) {
      const dy = Math.floor(pixel / 28) - row;
      const dx = (pixel % 28) - column;
      const distance = Math.abs(dx * dx + dy * dy - radius);
      bytes[image * 784 + pixel] = Math.max(0, 255 - 8 * distance);
    }
  }
  return bytes;
}

/** Hashes the bytes in memory order; all engines here are little-endian. */
async function sha256(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
