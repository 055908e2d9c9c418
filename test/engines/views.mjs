/**
 * Views that a program keeps of what a generator predicted, while it goes on predicting, pauses, frees and lets the
 * memory grow. Each view must hold for ever what it held at first. It runs unchanged in Node, Deno, Bun and browsers;
 * `ganvas` is the imported package.
 */

/** How a program comes to a view of the second half of `data`. */
const KINDS = {
  data: (data) => data,
  subarray: (data) => data.subarray(data.length / 2),
  'Float32Array on the buffer': ({ buffer, byteOffset, length }) =>
    new Float32Array(buffer, byteOffset + 2 * length, length / 2),
  'Uint8Array on the buffer': ({ buffer, byteOffset, byteLength }) =>
    new Uint8Array(buffer, byteOffset + byteLength / 2, byteLength / 2),
  DataView: ({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset + byteLength / 2, byteLength / 2),
};

/** Where the prediction comes from, and what becomes of its tensor. */
const WAYS = {
  'outside a scope': (_, predict) => predict().data,
  disposed(_, predict) {
    const images = predict();
    const { data } = images;
    images.dispose();
    return data;
  },
  'in a scope': ({ scope }, predict) => scope(() => predict().data),
  'escaped from a scope': ({ scope }, predict) => scope(predict).data,
  'of a reshape': ({ reshape }, predict) => reshape(predict(), [-1]).data,
};

/**
 * @param {typeof import('../../src/index.ts')} ganvas
 * @param {{ count: number, kernels?: 'portable' | 'simd', threads?: number, collect?: () => void }} options - how many
 *   views to keep, how to compute, and the engine's collector if it is at hand
 * @returns {Promise<{ kept: number, foreign: number, kinds: Record<string, number>, kernels: string, threads: number,
 *   seconds: number }>} how many views hold other values at the end, of which kinds they are, and the kernels and
 *   threads that were in use
 */
export async function keepViews(ganvas, { count, kernels, threads, collect }) {
  const { configure, createRandom, denseGenerator, runtimeInfo, zeros } = ganvas;
  if (kernels !== undefined) await configure({ kernels, threads });
  const begin = performance.now();
  const generator = denseGenerator({ latentDim: 8 });
  const random = createRandom(1);
  const predict = () => generator.predict(random.normal([1, 8]));
  const pairs = Object.keys(KINDS).flatMap((kind) => Object.keys(WAYS).map((way) => [kind, way]));
  const kept = [];
  while (kept.length < count) {
    const [kind, way] = pairs[kept.length % pairs.length];
    const view = KINDS[kind](WAYS[way](ganvas, predict));
    kept.push({ name: `${kind}, ${way}`, view, original: bytesOf(view).slice() });
    // Garbage, in blocks of the sizes that the views' tensors had.
    for (let i = 0; i < 3; i++) predict();
    if (kept.length % 20 === 0) {
      collect?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    // Larger than all that is free, so that the memory grows.
    if (kept.length % (count / 10) === 0) zeros([2 ** 20 + 64 * kept.length]);
  }
  const kinds = {};
  for (const { name, view, original } of kept) {
    const now = bytesOf(view);
    if (original.some((byte, i) => byte !== now[i])) kinds[name] = (kinds[name] ?? 0) + 1;
  }
  const foreign = Object.values(kinds).reduce((sum, n) => sum + n, 0);
  const { kernels: used, threads: running } = runtimeInfo();
  const seconds = (performance.now() - begin) / 1000;
  return { kept: kept.length, foreign, kinds, kernels: used, threads: running, seconds };
}

function bytesOf({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
