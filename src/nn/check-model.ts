/** The check of a model among a user's arguments. */
import { fieldsOf, hasMethods, invalid, isArray, isInstance } from '../core/check.ts';
import type { Model } from './sequential.ts';

export function checkModel(where: string, argument: string, model: unknown): Model {
  const lists = ['namedWeights', 'trainableWeights', 'layers'] as const;
  const parts = hasMethods(model, ['call', 'predict']) ? fieldsOf(where, argument, model, lists, 'a model') : undefined;
  if (!isInstance(parts?.namedWeights, Map) || !isArray(parts?.trainableWeights) || !isArray(parts?.layers)) {
    return invalid(where, argument, 'a model', model, 'Make one with sequential([...]).');
  }
  return model as object as Model;
}
