/**
 * gradients(loss, tensors): reverse-mode differentiation. graph.ts finds what lies between the loss and the tensors,
 * propagate.ts walks back through it. Several calls may share one recorded forward pass.
 */
import { describe, invalid, isInstance, isListOf } from '../core/check.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../core/errors.ts';
import { boolean, choice, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { copyOf } from './copy.ts';
import { type Graph, graphOf, leavesOf } from './graph.ts';
import { Holders, isMadeHere, propagate } from './propagate.ts';
import { isTracked, type OpNode, record, setRecording, versionOf } from './record.ts';
import { scope } from './scope.ts';
import type { Storage } from './storage.ts';
import { checkTensor, Tensor, Variable, zeros } from './tensor.ts';

/** The options of gradients(). */
export interface GradientsOptions {
  /**
   * Record how the gradients are computed, so that a later gradients() can differentiate through them. Everything that
   * this computes then stays until the scope around the call ends. Default false.
   */
  readonly record?: boolean | undefined;
  /** The gradient of a tensor that had no part in the loss: an error, or zeros. Default 'error'. */
  readonly unconnected?: 'error' | 'zeros' | undefined;
}

const OPTIONS = { record: boolean().or(false), unconnected: choice(['error', 'zeros']).or('error') };

/**
 * The gradients of a loss with respect to tensors: one tensor for each of them, in the same order, with its shape.
 *
 * @param loss - a tensor with exactly one element.
 * @param tensors - variables, tensors from watch(), and tensors that the loss was computed from on the way.
 * @throws ShapeError if the loss has more than one element. ArgumentError if a tensor had no part in it or is not
 *   tracked. RuntimeError if a variable was changed after the recorded pass used it, or if the loss depends on a
 *   gradient that was not recorded.
 * @example
 * const w = variable(tensor([1, 2]));
 * gradients(sum(square(w)), [w]); // [[2, 4]]
 * @example
 * const x = watch(tensor([1, 2]));
 * const [dx] = gradients(sum(mul(x, square(x))), [x], { record: true });
 * dx; // [3, 12]: 3 x^2
 * gradients(sum(dx!), [x]); // [[6, 12]]: 6 x
 */
export function gradients(loss: Tensor, tensors: readonly Tensor[], options: GradientsOptions = {}): Tensor[] {
  checkTensor('gradients', 'loss', loss);
  checkTargets(tensors);
  const { record: recorded, unconnected } = readOptions('gradients', options, OPTIONS);
  if (loss.size !== 1) {
    throw new ShapeError(
      `gradients: loss must have exactly one element; got shape ${formatShape(loss.shape)}. ` +
        'Reduce it with mean() or sum().',
    );
  }
  const targets = new Set(tensors);
  const graph = graphOf(loss, targets);
  if (unconnected === 'error') checkConnected(tensors, graph);
  checkHiddenPaths(tensors, graph);
  if (recorded) {
    // The tensors belong to the caller's scope. A copy, since a pullback may return a tensor that exists elsewhere.
    return setRecording(true, () => {
      const gradientOf = propagate(loss, graph, targets, undefined);
      return tensors.map((one) => {
        const gradient = gradientOf.get(one);
        if (gradient === undefined) return zeros(one.shape);
        return record('gradients', copyOf(gradient), [gradient], [(dy) => dy]);
      });
    });
  }
  const run = (): Tensor[] => {
    const gradientOf = propagate(loss, graph, targets, new Holders());
    const inputs = [...new Set([...graph.leaves, ...tensors])];
    const versions = inputs.map(versionOf);
    const seen = new Set<Storage>();
    return tensors.map((one) => {
      const gradient = gradientOf.get(one) ?? zeros(one.shape);
      // A pullback may return a tensor that exists elsewhere: an input, a saved tensor or the result of another
      // pullback.
      const own = isMadeHere(gradient.storage) && !seen.has(gradient.storage) ? gradient : copyOf(gradient);
      seen.add(own.storage);
      own.node = gradientNode(own, inputs, versions);
      return own;
    });
  };
  // The scope frees the intermediate results of the pullbacks. It also tells them from tensors that existed before.
  return scope(() => setRecording(false, run), 'gradients()');
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

function checkTargets(tensors: readonly Tensor[]): void {
  if (!isListOf(tensors, (one) => isInstance(one, Tensor))) {
    invalid('gradients', 'tensors', 'a list of tensors', tensors, 'Make them with variable(tensor) or watch(tensor).');
  }
  tensors.forEach((one, i) => {
    checkTensor('gradients', `tensors[${i}]`, one);
    if (isTracked(one)) return;
    throw new ArgumentError(
      `gradients: tensors[${i}] ${formatShape(one.shape)} is not tracked. Make it a variable(), or compute the loss ` +
        'from the result of watch(tensor) and ask for the gradient of that.',
    );
  });
}

function checkConnected(tensors: readonly Tensor[], { reached }: Graph): void {
  tensors.forEach((one, i) => {
    if (reached.has(one)) return;
    const name = one instanceof Variable ? `the variable ${describe(one.name)}` : `tensors[${i}]`;
    throw new ArgumentError(
      `gradients: ${name} had no part in the loss. Was the loss computed inside withoutRecording or predict(), or ` +
        "from stopGradient()? With { unconnected: 'zeros' } its gradient is zeros.",
    );
  });
}

/**
 * The node of a gradient that was not recorded names the variables that the gradient depends on, but not the tensors
 * between. So if a gradient of such a tensor is asked for, a common variable counts as a path through the gradient.
 */
function checkHiddenPaths(tensors: readonly Tensor[], { reached }: Graph): void {
  const between = tensors.filter(({ node }) => node !== undefined && node.inputs.length > 0);
  if (between.length === 0) return;
  const unrecorded = [...reached].filter(({ node }) => node?.pullbacks[0] === refuse);
  if (unrecorded.length === 0) return;
  const leaves = new Set(between.flatMap((one) => [...leavesOf(one)]));
  if (unrecorded.some(({ node }) => node!.inputs.some((input) => leaves.has(input)))) refuse();
}

/** The node of a gradient. Differentiating through a gradient throws an error instead of silently giving zero. */
function gradientNode(gradient: Tensor, inputs: readonly Tensor[], versions: readonly number[]): OpNode {
  return {
    op: 'gradients',
    inputs,
    pullbacks: inputs.map(() => refuse),
    versions,
    saved: [],
    savedVersions: [],
    outputVersion: versionOf(gradient),
  };
}

function refuse(): never {
  throw new RuntimeError(
    'gradients: the loss depends on a gradient that an earlier gradients() call computed without { record: true }. ' +
      'Compute that one with gradients(loss, tensors, { record: true }) to differentiate through it, or use ' +
      'stopGradient() if it is meant as a constant.',
  );
}
