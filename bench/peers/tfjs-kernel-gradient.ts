/**
 * The gradient of a convolution's kernel for a backend of TensorFlow.js that lacks it, composed of Conv2D and
 * Transpose:
 *   dkernel[ky, kx, c, f] = sum over n, oy, ox of x[n, oy stride + ky - pad, ox stride + kx - pad, c] dy[n, oy, ox, f]
 * This is the convolution of x, with images and channels exchanged, with dy as the kernel, dilated by the stride.
 */
import * as tf from '@tensorflow/tfjs';

type Shape4 = [number, number, number, number];

export function addKernelGradient(backendName: string): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, backend, attrs = {} }) => {
      const made: tf.TensorInfo[] = [];
      const run = (kernel: string, operands: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap): tf.TensorInfo => {
        const config = tf.getKernel(kernel, backendName);
        const result = config.kernelFunc({ inputs: operands, backend, attrs: attributes }) as tf.TensorInfo;
        made.push(result);
        return result;
      };
      const [x, dy] = [inputs['x']!, inputs['dy']!];
      const [strides, filterShape] = [attrs['strides'] as [number, number], attrs['filterShape'] as Shape4];
      const { padInfo } = tf.backend_util.computeConv2DInfo(
        x.shape as Shape4,
        filterShape,
        strides,
        1,
        attrs['pad'] as 'same' | 'valid',
      );
      const pad = [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ];
      const images = run('Transpose', { x }, { perm: [3, 1, 2, 0] });
      const filter = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
      // [c, ky, kx, f]
      const gradient = run(
        'Conv2D',
        { x: images, filter },
        { strides: 1, pad, dilations: strides, dataFormat: 'NHWC' },
      );
      const result = run('Transpose', { x: gradient }, { perm: [1, 2, 0, 3] });
      if (String(result.shape) !== String(filterShape)) {
        throw new Error(`the gradient of a kernel ${filterShape} has the shape ${result.shape}`);
      }
      for (const { dataId } of made) if (dataId !== result.dataId) (backend as tf.KernelBackend).disposeData(dataId);
      return result;
    },
  });
}
