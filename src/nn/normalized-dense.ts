/** The block that every dense network here is made of: dense without bias (the normalisation has beta), batch normalisation, LeakyReLU. */
import type { Shape } from '../core/shape.ts';
import type { Layer } from './layer.ts';
import { batchNormalization, dense, leakyReLU } from './layers/index.ts';

/** @param inputShape - needed in a model's first layer only. */
export function normalizedDense(units: number, inputShape?: Shape): Layer[] {
  return [denseWithoutBias(units, inputShape), batchNormalization(), leakyReLU()];
}

export function denseWithoutBias(units: number, inputShape?: Shape): Layer {
  return dense({ units, useBias: false, ...(inputShape && { inputShape }) });
}
