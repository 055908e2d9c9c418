/**
 * The recorded graph between a loss and the tensors whose gradients are asked for. It is searched from the loss. The
 * searches use their own stacks, since a graph may be deeper than the call stack.
 */
import { type Tensor, Variable } from './tensor.ts';

export interface Graph {
  /** Every tensor that the loss depends on, also those that it depends on with derivative zero. */
  readonly reached: ReadonlySet<Tensor>;
  /** Tensors between the loss and a target, both included. */
  readonly wanted: ReadonlySet<Tensor>;
  /** The wanted tensors with a wanted input; every tensor stands after all tensors that were computed from it. */
  readonly sorted: readonly Tensor[];
  /** All variables and watched tensors that the loss depends on. */
  readonly leaves: readonly Tensor[];
}

/** Depth-first search from the loss. */
export function graphOf(loss: Tensor, targets: ReadonlySet<Tensor>): Graph {
  const wanted = new Set<Tensor>();
  const reached = new Set<Tensor>([loss]);
  const sorted: Tensor[] = [];
  const stack: { tensor: Tensor; next: number }[] = [{ tensor: loss, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const { inputs = [], pullbacks = [] } = top.tensor.node ?? {};
    if (top.next < inputs.length) {
      const input = inputs[top.next++]!;
      if (!reached.has(input)) {
        reached.add(input);
        stack.push({ tensor: input, next: 0 });
      }
      continue;
    }
    stack.pop();
    const onPath = inputs.some((input, i) => wanted.has(input) && pullbacks[i] !== 'zero');
    if (onPath) sorted.push(top.tensor);
    if (onPath || targets.has(top.tensor)) wanted.add(top.tensor);
  }
  return { reached, wanted, sorted: sorted.reverse(), leaves: [...reached].filter(isLeaf) };
}

/** A variable or a watched tensor: tracked, and not computed from another tracked tensor. */
function isLeaf(tensor: Tensor): boolean {
  return tensor instanceof Variable || tensor.node?.inputs.length === 0;
}

/** The variables and watched tensors that a tensor was computed from. */
export function leavesOf(tensor: Tensor): ReadonlySet<Tensor> {
  return new Set(graphOf(tensor, new Set()).leaves);
}
