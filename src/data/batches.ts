/** A dataset from end to end, a batch at a time: what looks at all images without holding them as floats. */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Dataset } from './dataset.ts';

/** The images at these places (default: all), a batch at a time; each batch is freed after its visit. */
export function visitBatches(
  source: Dataset,
  batchSize: number,
  visit: (batch: Tensor, start: number) => void,
  places: Int32Array = Int32Array.from({ length: source.count }, (_, i) => i),
): void {
  for (let start = 0; start < places.length; start += batchSize) {
    withoutRecording(() =>
      scope(() => visit(source.gather(places.subarray(start, start + batchSize)), start), 'batch'),
    );
  }
}
