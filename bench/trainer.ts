/** The measured step: all that trainGan does for one batch, from drawing it to the updated networks. It is seeded. */
import { createHash } from 'node:crypto';
import { createRandom } from '../src/autograd/random.ts';
import { scope } from '../src/autograd/scope.ts';
import { dataset } from '../src/data/dataset.ts';
import { DIGIT_SHAPE } from '../src/data/image-shape.ts';
import { convDiscriminator, convGenerator } from '../src/gan/conv-models.ts';
import { denseDiscriminator, denseGenerator } from '../src/gan/dense-models.ts';
import { ganStep } from '../src/gan/step.ts';
import { type Runtime, withRuntime } from '../src/kernels/runtime.ts';
import { adam } from '../src/optim/adam.ts';
import { BATCH } from './gemm-sizes.ts';
import { hashedFloats } from './support/hashed-floats.ts';

const IMAGES = 1024;
const LATENT = 100;

/** The networks and the batch size of a training. */
export interface TrainerPlan {
  readonly pair: 'dense' | 'conv';
  /** Factor for the channels of the convolutional pair. */
  readonly width: number;
  readonly batchSize: number;
}

const DENSE: TrainerPlan = { pair: 'dense', width: 1, batchSize: BATCH };

export interface Trainer {
  /** Makes one more step and returns the generator's loss. `runtime` may have other kernels on the same heap. */
  step(runtime?: Runtime): number;
  /** SHA-256 of all weights of both networks. */
  digest(): string;
}

/** New networks on the heap of the runtime. Every trainer makes the same steps. */
export function createTrainer(runtime: Runtime, { pair, width, batchSize }: TrainerPlan = DENSE): Trainer {
  return withRuntime(runtime, () => {
    const random = createRandom(42);
    const networks = {
      generator:
        pair === 'conv'
          ? convGenerator({ latentDim: LATENT, width, random })
          : denseGenerator({ latentDim: LATENT, random }),
      discriminator: pair === 'conv' ? convDiscriminator({ width, random }) : denseDiscriminator({ random }),
      generatorOptimizer: adam({ learningRate: 1e-4 }),
      discriminatorOptimizer: adam({ learningRate: 1e-4 }),
    };
    const pixels = Uint8Array.from(hashedFloats(IMAGES * 784, 7, 0, 255.99), Math.floor);
    const images = dataset(pixels, [IMAGES, ...DIGIT_SHAPE]);
    let next = 0;
    return {
      step(other = runtime) {
        const places = Int32Array.from({ length: batchSize }, (_, i) => (next + i) % IMAGES);
        next = (next + batchSize) % IMAGES;
        return withRuntime(other, () =>
          scope(() => {
            const noise = random.normal([batchSize, LATENT]);
            return ganStep(networks, images.gather(places), noise, random).generatorLoss;
          }, 'bench'),
        );
      },
      digest() {
        const hash = createHash('sha256');
        for (const { weights } of [networks.generator, networks.discriminator]) {
          for (const weight of weights) hash.update(Float32Array.from(weight.data));
        }
        return hash.digest('hex');
      },
    };
  });
}
