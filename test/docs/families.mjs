/** The families by which the reference groups what the package exports: by the file that declares it. */

/** [family, files]: the first that fits. The order is that of the pages. */
const FAMILIES = [
  ['GAN', /^src\/gan\//],
  ['Other trainings', /^src\/(training|autoencoder|classifier)\//],
  ['Tensors', /^src\/(autograd\/|core\/(shape|numbers))/],
  ['Losses', /^src\/ops\/(internal\/)?[\w-]*(loss|entropy)/],
  ['Operations', /^src\/ops\//],
  ['Layers', /^src\/nn\//],
  ['Optimizers', /^src\/optim\//],
  ['Metrics', /^src\/metrics\//],
  ['Data', /^src\/data\//],
  ['Images', /^src\/image\//],
  ['Files', /^src\/(io|onnx)\//],
  ['Runtime', /^src\/(kernels|core)\//],
  ['Node', /^src\/node\//],
];

export const FAMILY_NAMES = FAMILIES.map(([name]) => name);

/** @throws Error for a file of a folder that has no family yet. */
export function familyOf(file) {
  const found = FAMILIES.find(([, files]) => files.test(file));
  if (found === undefined) throw new Error(`${file} belongs to no family: add its folder to test/docs/families.mjs`);
  return found[0];
}
