/**
 * gradients(loss, variables): reverse-mode differentiation. The graph is walked from the loss, outputs before inputs; only nodes that lie
 * between the loss and a requested variable are visited, and of those only the inputs on such a path are asked for their gradient. Any number of
 * calls may share one recorded forward pass.
 */
import { describe, invalid, isInstance, isListOf } from '../core/check.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { kernels } from '../kernels/runtime.ts';
import { type OpNode, versionOf, withoutRecording } from './record.ts';
import type { Storage } from './storage.ts';
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
  return withoutRecording(() => {
    const gradientOf = propagate(loss, order);
    const seen = new Set<unknown>();
    return variables.map((variable) => {
      const gradient = gradientOf.get(variable)!;
      // Pullbacks may pass a tensor on as it is; what is handed out is nobody else's.
      const own = seen.has(gradient.storage) ? copyOf(gradient) : gradient;
      seen.add(own.storage);
      own.node = gradientNode(own, order.leaves);
      return own;
    });
  });
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
  // How many gradients lie in a block: pullbacks may pass one on as it is. A block that no gradient needs any more is freed at once, so
  // that the pass stays within a few blocks, which the cache holds.
  const holders = new Map<Storage, number>();
  const hold = (tensor: Tensor, gradient: Tensor): void => {
    gradientOf.set(tensor, gradient);
    holders.set(gradient.storage, (holders.get(gradient.storage) ?? 0) + 1);
  };
  const release = ({ storage }: Tensor): void => {
    const left = (holders.get(storage) ?? 1) - 1;
    if (left > 0) holders.set(storage, left);
    else {
      holders.delete(storage);
      storage.free('gradients()');
    }
  };

  const seed = new Tensor(loss.shape);
  kernels().fill(seed.address, 1, 1);
  hold(loss, seed);
  for (const tensor of sorted) {
    const node = tensor.node!;
    const dy = gradientOf.get(tensor)!;
    checkVersions(tensor, node);
    for (let i = 0; i < node.inputs.length; i++) {
      const input = node.inputs[i]!;
      if (!wanted.has(input)) continue;
      const dx = node.pullbacks[i]!(dy);
      const before = gradientOf.get(input);
      if (before === undefined) hold(input, dx);
      else {
        hold(input, sumOf(before, dx));
        release(before);
        if (!holders.has(dx.storage)) release(dx);
      }
    }
    // Only variables are asked for, and they have no node.
    gradientOf.delete(tensor);
    release(dy);
  }
  return gradientOf;
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
  if (versionOf(output) !== node.outputVersion) {
    throw new RuntimeError(
      `gradients: the result of ${node.op} was made a variable and changed. Take all gradients of a pass before applying any.`,
    );
  }
}

function sumOf(a: Tensor, b: Tensor): Tensor {
  const sum = new Tensor(a.shape);
  kernels().add(sum.address, a.address, b.address, 1, a.size, 0, 1, 0, 1);
  return sum;
}

function copyOf(x: Tensor): Tensor {
  const copy = new Tensor(x.shape);
  kernels().copy(copy.address, x.address, 1, x.size, x.size, x.size, 1);
  return copy;
}

/** Marks a gradient, so that differentiating through it is refused instead of silently giving zero. */
function gradientNode(gradient: Tensor, variables: readonly Variable[]): OpNode {
  const refuse = (): never => {
    throw new RuntimeError(
      'gradients: the loss depends on the result of an earlier gradients() call; second derivatives are not supported. Use stopGradient() if the gradient is meant as a constant.',
    );
  };
  return {
    op: 'gradients',
    inputs: variables,
    pullbacks: variables.map(() => refuse),
    versions: variables.map(versionOf),
    outputVersion: versionOf(gradient),
  };
}
