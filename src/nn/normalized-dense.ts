/**
 * The block that the dense networks are made of: Dense, BatchNormalization, LeakyReLU. Dense has no bias, since the
 * normalisation adds beta.
 */
import type { Shape } from '../core/shape.ts';
import type { Layer } from './layer.ts';
import { batchNormalization, dense, leakyReLU } from './layers/index.ts';

/** @param inputShape - used in a model's first layer only. */
export function normalizedDense(units: number, inputShape?: Shape): Layer[] {
  return [denseWithoutBias(units, inputShape), batchNormalization(), leakyReLU()];
}

export function denseWithoutBias(units: number, inputShape?: Shape): Layer {
  return dense({ units, useBias: false, ...(inputShape && { inputShape }) });
}
