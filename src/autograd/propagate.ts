/**
 * The backward pass: walks the graph from the loss to the targets, outputs before inputs, and adds up the gradients
 * that the pullbacks give. Only the inputs on a path to a target get a gradient.
 */
import { RuntimeError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { add } from '../kernels/library/binary.ts';
import { fill } from '../kernels/library/movement.ts';
import type { Graph } from './graph.ts';
import { type OpNode, record, versionOf } from './record.ts';
import { currentScope, type Storage } from './storage.ts';
import { checkTensor, Tensor, Variable } from './tensor.ts';

/**
 * The gradients of the loss with respect to the tensors of the graph: those of the targets, and in some cases others.
 *
 * @param holders - frees gradients as soon as nothing needs them. Undefined if they are recorded: a later pass over the
 *   recorded gradients needs them all.
 */
export function propagate(
  loss: Tensor,
  { wanted, sorted }: Graph,
  targets: ReadonlySet<Tensor>,
  holders: Holders | undefined,
): ReadonlyMap<Tensor, Tensor> {
  const gradientOf = new Map<Tensor, Tensor>();
  const setGradient = (tensor: Tensor, gradient: Tensor): void => {
    const before = gradientOf.get(tensor);
    const total = before === undefined ? gradient : sumOf(before, gradient);
    holders?.retain(total);
    gradientOf.set(tensor, total);
    if (before !== undefined) holders?.release(before);
  };

  const seed = new Tensor(loss.shape);
  fill.run(seed.address, 1, 1);
  setGradient(loss, seed);
  for (const tensor of sorted) {
    const node = tensor.node!;
    const dy = gradientOf.get(tensor);
    // The loss depends on this tensor with derivative zero only.
    if (dy === undefined) continue;
    checkVersions(tensor, node);
    const given: Tensor[] = [];
    for (let i = 0; i < node.inputs.length; i++) {
      const input = node.inputs[i]!;
      const pullback = node.pullbacks[i]!;
      if (pullback === 'zero' || !wanted.has(input)) continue;
      const dx = checkGiven(node, i, pullback(dy));
      // Retained until the last pullback of the node has run: that one may return the same tensor.
      holders?.retain(dx);
      given.push(dx);
      setGradient(input, dx);
    }
    for (const dx of given) holders?.release(dx);
    if (targets.has(tensor)) continue;
    gradientOf.delete(tensor);
    holders?.release(dy);
  }
  return gradientOf;
}

/**
 * Counts the gradients in each block: a pullback may return dy itself, so two gradients may share a block. A block
 * without gradients is freed at once if it was made during the pass. So the pass needs only a few blocks, which fit in
 * the processor's cache.
 */
export class Holders {
  readonly #counts = new Map<Storage, number>();

  retain({ storage }: Tensor): void {
    this.#counts.set(storage, (this.#counts.get(storage) ?? 0) + 1);
  }

  release({ storage }: Tensor): void {
    const left = this.#counts.get(storage)! - 1;
    this.#counts.set(storage, left);
    if (left > 0) return;
    this.#counts.delete(storage);
    if (isMadeHere(storage)) storage.free('gradients()');
  }
}

/** Whether the storage was made in the current scope, which is the one that gradients() opened. */
export function isMadeHere(storage: Storage): boolean {
  return storage.scope !== undefined && storage.scope === currentScope();
}

/**
 * The gradient that a pullback returned for input `i`. Throws an error that names the op if it is not a tensor of that
 * input's shape.
 */
function checkGiven(node: OpNode, i: number, given: Tensor): Tensor {
  const { shape } = node.inputs[i]!;
  if (given instanceof Tensor && !given.storage.freed && sameShape(given.shape, shape)) return given;
  const what = `the gradient that ${node.op} gives for its input ${i}`;
  checkTensor('gradients', what, given);
  throw new ShapeError(
    `gradients: ${what} must have that input's shape ${formatShape(shape)}; got ${formatShape(given.shape)}`,
  );
}

function checkVersions(output: Tensor, node: OpNode): void {
  for (let i = 0; i < node.inputs.length; i++) {
    const input = node.inputs[i]!;
    if (versionOf(input) !== node.versions[i]) {
      throw new RuntimeError(
        `gradients: ${nameOf(input)} was changed after ${node.op} had used it. ` +
          'Take all gradients of a pass before applying any.',
      );
    }
  }
  node.saved.forEach((tensor, i) => {
    if (versionOf(tensor) === node.savedVersions[i]) return;
    throw new RuntimeError(
      `gradients: a tensor that ${node.op} needs for its gradient was changed after it had been used. ` +
        'Take all gradients of a pass before changing what it used.',
    );
  });
  if (versionOf(output) !== node.outputVersion) {
    throw new RuntimeError(
      `gradients: the result of ${node.op} was made a variable and changed. ` +
        'Take all gradients of a pass before applying any.',
    );
  }
}

function nameOf(input: Tensor): string {
  return input instanceof Variable && input.name !== '' ? `the variable "${input.name}"` : 'a variable';
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  const sum = new Tensor(a.shape);
  add.run(sum.address, a.address, b.address, 1, a.size, 0, 1, 0, 1);
  return record('add', sum, [a, b], [(dy) => dy, (dy) => dy]);
}
