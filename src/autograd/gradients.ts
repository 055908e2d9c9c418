/**
 * gradients(loss, variables): reverse-mode differentiation. The graph is walked from the loss back to the variables,
 * outputs before inputs. Only nodes between the loss and a requested variable are visited, and only their inputs on
 * such a path get a gradient. Several calls may share one recorded forward pass.
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
 * The gradients of a loss with respect to variables: one tensor for each variable, in the same order, with the
 * variable's shape.
 *
 * @param loss - a tensor with exactly one element.
 * @param variables - any number of variables; each must have been used to compute the loss.
 *
 * Throws an ArgumentError if a variable was not used to compute the loss. Throws a RuntimeError if a variable was
 * changed after the recorded pass used it, or if the loss depends on a gradient (second derivatives are not supported).
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
      `gradients: loss must have exactly one element; got shape ${formatShape(loss.shape)}. ` +
        'Reduce it with mean() or sum().',
    );
  }
  const order = nodesTowards(loss, new Set(variables));
  for (const variable of variables) {
    if (!order.wanted.has(variable)) {
      throw new ArgumentError(
        `gradients: the variable ${describe(variable.name)} had no part in the loss. Was the loss computed inside ` +
          'withoutRecording or predict(), or from stopGradient()?',
      );
    }
  }
  const run = (): Tensor[] => {
    const gradientOf = propagate(loss, order);
    const versions = order.leaves.map(versionOf);
    const seen = new Set<Storage>();
    return variables.map((variable) => {
      const gradient = gradientOf.get(variable)!;
      // A pullback may return a tensor that exists elsewhere: an input, a saved tensor or the result of another
      // pullback.
      const own = isMadeHere(gradient.storage) && !seen.has(gradient.storage) ? gradient : copyOf(gradient);
      seen.add(own.storage);
      own.node = gradientNode(own, order.leaves, versions);
      return own;
    });
  };
  // The scope frees the intermediate results of the pullbacks. It also tells them from tensors that existed before.
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
  /** The wanted tensors that have a node; every tensor stands after all tensors that were computed from it. */
  readonly sorted: readonly Tensor[];
  /** All variables that the loss depends on. */
  readonly leaves: readonly Variable[];
}

/** Depth-first search. It uses its own stack, since a graph may be deeper than the call stack. */
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
      // Retained until the last pullback of the node has run: that one may return the same tensor.
      holders.retain(dx);
      given.push(dx);
      setGradient(input, dx);
    }
    for (const dx of given) holders.release(dx);
    // Callers ask only for gradients of variables, and variables have no node.
    gradientOf.delete(tensor);
    holders.release(dy);
  }
  return gradientOf;
}

/**
 * Counts the gradients in each block: a pullback may return dy itself, so two gradients may share a block. A block
 * without gradients is freed at once if it was made during the pass. So the pass needs only a few blocks, which fit in
 * the processor's cache.
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

/** Whether the storage was made in the current scope, which is the one that gradients() opened. */
function isMadeHere(storage: Storage): boolean {
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
  return sum;
}

/** The node of a gradient. Differentiating through a gradient throws an error instead of silently giving zero. */
function gradientNode(gradient: Tensor, variables: readonly Variable[], versions: readonly number[]): OpNode {
  const refuse = (): never => {
    throw new RuntimeError(
      'gradients: the loss depends on the result of an earlier gradients() call; second derivatives are not ' +
        'supported. Use stopGradient() if the gradient is meant as a constant.',
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
