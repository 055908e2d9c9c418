/**
 * gradients(loss, variables): reverse-mode differentiation. The graph is walked from the loss, outputs before inputs; only nodes that lie
 * between the loss and a requested variable are visited, and of those only the inputs on such a path are asked for their gradient. Any number of
 * calls may share one recorded forward pass.
 */
import { describe, invalid, isInstance, isListOf } from '../core/check.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import { add } from '../kernels/library/binary.ts';
import { fill } from '../kernels/library/movement.ts';
import { copyOf } from './copy.ts';
import { type OpNode, versionOf, withoutRecording } from './record.ts';
import { scope } from './scope.ts';
import { currentScope, type Storage } from './storage.ts';
import { checkTensor, Tensor, Variable } from './tensor.ts';

/**
 * The gradients of a loss (one element) with respect to variables, in their order and shapes.
 *
 * Throws an ArgumentError if a variable had no part in the loss, and a RuntimeError if a variable was changed since the recorded
 * pass used it, or if the loss depends on a gradient (second derivatives are not supported).
 *
 * @example
 * const w = variable(tensor([1, 2]));
 * const [dw] = gradients(sum(square(w)), [w]); // [2, 4]
 */
export function gradients(loss: Tensor, variables: readonly Variable[]): Tensor[] {
  checkTensor('gradients', 'loss', loss);
  checkVariables('gradients', variables);
  if (loss.size !== 1) {
    throw new ShapeError(
      `gradients: loss must have exactly one element; got shape ${formatShape(loss.shape)}. Reduce it with mean() or sum().`,
    );
  }
  const order = nodesTowards(loss, new Set(variables));
  for (const variable of variables) {
    if (!order.wanted.has(variable)) {
      throw new ArgumentError(
        `gradients: the variable ${describe(variable.name)} had no part in the loss. Was the loss computed inside withoutRecording or predict(), or from stopGradient()?`,
      );
    }
  }
  const run = (): Tensor[] => {
    const gradientOf = propagate(loss, order);
    const versions = order.leaves.map(versionOf);
    const seen = new Set<Storage>();
    return variables.map((variable) => {
      const gradient = gradientOf.get(variable)!;
      // A pullback may give a tensor that exists elsewhere: an input, what it has saved, what another pullback gave.
      const own = isMadeHere(gradient.storage) && !seen.has(gradient.storage) ? gradient : copyOf(gradient);
      seen.add(own.storage);
      own.node = gradientNode(own, order.leaves, versions);
      return own;
    });
  };
  // The scope frees what the pullbacks have made on the way; it also tells that apart from what existed before.
  return scope(() => withoutRecording(run), 'gradients()');
}

/** @internal */
export function checkVariables(where: string, variables: readonly Variable[]): void {
  if (!isListOf(variables, (one) => isInstance(one, Variable))) {
    invalid(where, 'variables', 'a list of variables', variables, 'Make them with variable(tensor).');
  }
  variables.forEach((one, i) => {
    checkTensor(where, `variables[${i}]`, one);
  });
}

interface Order {
  /** Tensors between the loss and a requested variable, both included. */
  readonly wanted: ReadonlySet<Tensor>;
  /** Those with a node, every tensor after all that were computed from it. */
  readonly sorted: readonly Tensor[];
  /** All variables that the loss depends on. */
  readonly leaves: readonly Variable[];
}

/** Depth-first with an explicit stack: graphs may be deeper than the call stack. */
function nodesTowards(loss: Tensor, variables: ReadonlySet<Tensor>): Order {
  const wanted = new Set<Tensor>();
  const visited = new Set<Tensor>();
  const sorted: Tensor[] = [];
  const stack: { tensor: Tensor; next: number }[] = [{ tensor: loss, next: 0 }];
  visited.add(loss);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const inputs = top.tensor.node?.inputs ?? [];
    if (top.next < inputs.length) {
      const input = inputs[top.next++]!;
      if (!visited.has(input)) {
        visited.add(input);
        stack.push({ tensor: input, next: 0 });
      }
      continue;
    }
    stack.pop();
    if (variables.has(top.tensor) || inputs.some((input) => wanted.has(input))) {
      wanted.add(top.tensor);
      if (top.tensor.node !== undefined) sorted.push(top.tensor);
    }
  }
  const leaves = [...visited].filter((tensor) => tensor instanceof Variable);
  return { wanted, sorted: sorted.reverse(), leaves };
}

function propagate(loss: Tensor, { wanted, sorted }: Order): Map<Tensor, Tensor> {
  const gradientOf = new Map<Tensor, Tensor>();
  const holders = new Holders();
  const setGradient = (tensor: Tensor, gradient: Tensor): void => {
    const before = gradientOf.get(tensor);
    const total = before === undefined ? gradient : sumOf(before, gradient);
    holders.retain(total);
    gradientOf.set(tensor, total);
    if (before !== undefined) holders.release(before);
  };

  const seed = new Tensor(loss.shape);
  fill.run(seed.address, 1, 1);
  setGradient(loss, seed);
  for (const tensor of sorted) {
    const node = tensor.node!;
    const dy = gradientOf.get(tensor)!;
    checkVersions(tensor, node);
    const given: Tensor[] = [];
    for (let i = 0; i < node.inputs.length; i++) {
      const input = node.inputs[i]!;
      if (!wanted.has(input)) continue;
      const dx = checkGiven(node, i, node.pullbacks[i]!(dy));
      // Held until the last pullback of the node has run, which may give the same tensor.
      holders.retain(dx);
      given.push(dx);
      setGradient(input, dx);
    }
    for (const dx of given) holders.release(dx);
    // Only variables are asked for, and they have no node.
    gradientOf.delete(tensor);
    holders.release(dy);
  }
  return gradientOf;
}

/**
 * How many gradients lie in each block: pullbacks may pass one on as it is. A block that no gradient needs any more is freed at once, so that
 * the pass stays within a few blocks, which the cache holds; but only if it was made during the pass.
 */
class Holders {
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

/** Whether a block was made in the scope in force, which is that of gradients() here. */
function isMadeHere(storage: Storage): boolean {
  return storage.scope !== undefined && storage.scope === currentScope();
}

/** What a pullback has given for input `i`, or an error that names its op. */
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
        `gradients: ${input instanceof Variable && input.name !== '' ? `the variable "${input.name}"` : 'a variable'} was changed after ${node.op} had used it. Take all gradients of a pass before applying any.`,
      );
    }
  }
  node.saved.forEach((tensor, i) => {
    if (versionOf(tensor) === node.savedVersions[i]) return;
    throw new RuntimeError(
      `gradients: a tensor that ${node.op} needs for its gradient was changed after it had been used. Take all gradients of a pass before changing what it used.`,
    );
  });
  if (versionOf(output) !== node.outputVersion) {
    throw new RuntimeError(
      `gradients: the result of ${node.op} was made a variable and changed. Take all gradients of a pass before applying any.`,
    );
  }
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  const sum = new Tensor(a.shape);
  add.run(sum.address, a.address, b.address, 1, a.size, 0, 1, 0, 1);
  return sum;
}

/** Marks a gradient, so that differentiating through it is refused instead of silently giving zero. */
function gradientNode(gradient: Tensor, variables: readonly Variable[], versions: readonly number[]): OpNode {
  const refuse = (): never => {
    throw new RuntimeError(
      'gradients: the loss depends on the result of an earlier gradients() call; second derivatives are not supported. Use stopGradient() if the gradient is meant as a constant.',
    );
  };
  return {
    op: 'gradients',
    inputs: variables,
    pullbacks: variables.map(() => refuse),
    versions,
    saved: [],
    savedVersions: [],
    outputVersion: versionOf(gradient),
  };
}
