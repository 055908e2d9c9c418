/** A dataset from end to end, a batch at a time: what looks at all images without holding them as floats. */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { Dataset } from './dataset.ts';

/** The images at these places (default: all), a batch at a time; each batch is freed after its visit. */
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

/** A batch of a dataset that may be the user's own: one that is no tensor of the shape it announces is refused. */
function gatherFrom(source: Dataset, indices: Int32Array): Tensor {
  const batch = checkTensor('gather', 'the batch', source.gather(indices));
  const expected = [indices.length, ...source.itemShape];
  if (!sameShape(batch.shape, expected)) {
    throw new ShapeError(
      `gather: the batch has shape ${formatShape(batch.shape)}; the itemShape of the dataset promises ${formatShape(expected)}`,
    );
  }
  return batch;
}
