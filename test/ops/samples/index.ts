/** All differentiable ops with their samples. */
import type { OpCase } from '../../support/op-check.ts';
import { arithmeticCases } from './arithmetic.ts';
import { batchNormalizationCases } from './batch-normalization.ts';
import { convolutionCases } from './convolution.ts';
import { dropoutCases } from './dropout.ts';
import { functionCases } from './functions.ts';
import { groupNormalizationCases } from './group-normalization.ts';
import { lossCases } from './losses.ts';
import { matmulCases } from './matmul.ts';
import { maxPoolingCases } from './max-pooling.ts';
import { rearrangeCases } from './rearrange.ts';
import { reduceCases } from './reduce.ts';
import { rowMapCases } from './row-maps.ts';
import { shapeOpsCases } from './shape-ops.ts';
import { softmaxCases } from './softmax-cross-entropy.ts';
import { unaryCases } from './unary.ts';
import { whereCases } from './where.ts';

export const ALL_OP_CASES: readonly OpCase[] = [
  ...[...arithmeticCases, ...unaryCases, ...functionCases, ...matmulCases, ...convolutionCases, ...maxPoolingCases],
  ...[
    ...rowMapCases,
    ...rearrangeCases,
    ...reduceCases,
    ...shapeOpsCases,
    ...dropoutCases,
    ...batchNormalizationCases,
    ...groupNormalizationCases,
    ...lossCases,
  ],
  ...[...softmaxCases, ...whereCases],
];
