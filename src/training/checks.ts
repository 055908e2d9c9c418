/** The checks of a training's arguments: models, optimizers, labels. `where` is the name of the public function. */
import { scope } from '../autograd/scope.ts';
import { checkTensor, Variable, zeros } from '../autograd/tensor.ts';
import { describe, fieldsOf, hasMethods, invalid, isArray, isInstance, isPlainObject } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkList } from '../core/numbers.ts';
import { type Option, option } from '../core/options.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { checkModel } from '../nn/check-model.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';

/** Checks a network among the options of a training. */
export const MODEL: Option<Model, Model | undefined, 'optional'> = option<Model>(checkModel).optional();

const OPTIMIZER_REMEDY = 'Make one with adam({ learningRate }), or your own with defineOptimizer().';

export function checkOptimizer(where: string, argument: string, optimizer: Optimizer): void {
  const parts = hasMethods(optimizer, ['apply', 'slots', 'restore'])
    ? fieldsOf(where, argument, optimizer, ['config', 'step'], 'an optimizer')
    : undefined;
  if (!isPlainObject(parts?.config) || !Number.isSafeInteger(parts?.step)) {
    invalid(where, argument, 'an optimizer', optimizer, OPTIMIZER_REMEDY);
  }
}

/** Checks the optimizer of a training or of one of its networks. */
export const OPTIMIZER: Option<Optimizer, Optimizer | undefined, 'optional'> = option<Optimizer>(
  (where, argument, value) => {
    checkOptimizer(where, argument, value as Optimizer);
    return value as Optimizer;
  },
).optional();

/**
 * Checks the optimizer's slots for the trainable weights of these models. This creates the slots, so it must be the
 * last check.
 */
export function checkSlots(where: string, argument: string, optimizer: Optimizer, models: readonly Model[]): void {
  for (const weight of models.flatMap(({ trainableWeights }) => trainableWeights)) {
    const slots: unknown = optimizer.slots(weight);
    if (typeof slots !== 'object' || slots === null || isArray(slots)) {
      invalid(where, `${argument}.slots(${weight.name})`, 'an object of variables by name', slots, OPTIMIZER_REMEDY);
    }
    for (const [name, slot] of Object.entries(slots)) {
      if (isInstance(slot, Variable)) checkTensor(where, `${argument}.slots(${weight.name}).${name}`, slot);
      else invalid(where, `${argument}.slots(${weight.name}).${name}`, 'a variable', slot, OPTIMIZER_REMEDY);
    }
  }
}

/** Checks and copies class numbers: whole numbers from 0 to classes - 1, `count` of them if it is given. */
export function readLabels(where: string, labels: unknown, classes: number, count?: number): Int32Array {
  const list = checkList(where, 'labels', labels, 'a list of class numbers', 'loadMnist() has them as labels.');
  if (count !== undefined && list.length !== count) {
    throw new ArgumentError(
      `${where}: labels must be as many as the images; got ${list.length} labels for ${count} images`,
    );
  }
  const read: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const label = list[i];
    if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label >= classes) {
      throw new ArgumentError(
        `${where}: labels[${i}] must be a whole number from 0 to ${classes - 1}, one of ${classes} classes; got ` +
          `${describe(label)}`,
      );
    }
    read.push(label);
  }
  return Int32Array.from(read);
}

/** Builds models that are applied one after the other, for items of this shape, if they have no inputShape. */
export function buildInRow(inputShape: Shape, models: readonly Model[]): void {
  if (models.every((model) => model.inputShape !== undefined)) return;
  scope(() => {
    let x = zeros([1, ...(models[0]?.inputShape ?? inputShape)]);
    for (const model of models) {
      if (model.inputShape !== undefined) x = zeros([1, ...model.inputShape]);
      x = model.predict(x);
    }
  }, 'buildInRow');
}

/** Checks that a model takes or makes items of the expected shape. `because` says what requires this shape. */
export function expectShape(
  where: string,
  subject: string,
  got: Shape | undefined,
  expected: Shape,
  because: string,
): void {
  if (got === undefined || !sameShape(got, expected)) {
    throw new ShapeError(
      `${where}: ${subject} items of shape ${got === undefined ? describe(got) : formatShape(got)}, but ${because}.`,
    );
  }
}
