/** Visits a whole dataset batch by batch, so that only one batch at a time exists as floats. */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { Dataset } from './dataset.ts';

/** Calls `visit` with the items at `places` (default: all), batch by batch. Each batch is freed after its visit. */
export function visitBatches(
  source: Dataset,
  batchSize: number,
  visit: (batch: Tensor, start: number) => void,
  places?: Int32Array,
): void {
  const count = places?.length ?? source.count;
  for (let start = 0; start < count; start += batchSize) {
    const length = Math.min(batchSize, count - start);
    const indices = places?.subarray(start, start + length) ?? Int32Array.from({ length }, (_, i) => start + i);
    withoutRecording(() => scope(() => visit(gatherFrom(source, indices), start), 'batch'));
  }
}

/** Gathers a batch and checks its shape, since users may pass their own Dataset objects. */
function gatherFrom(source: Dataset, indices: Int32Array): Tensor {
  const batch = checkTensor('gather', 'the batch', source.gather(indices));
  const expected = [indices.length, ...source.itemShape];
  if (!sameShape(batch.shape, expected)) {
    throw new ShapeError(
      `gather: the batch has shape ${formatShape(batch.shape)}; ` +
        `the itemShape of the dataset promises ${formatShape(expected)}`,
    );
  }
  return batch;
}
