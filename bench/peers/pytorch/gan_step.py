"""Times one step of the dense GAN in PyTorch, float32, in the fastest formulation found; prints one line of JSON.

    /usr/bin/python3 bench/peers/pytorch/gan_step.py --threads 2       (Debian: python3-torch, libopenblas0-openmp)

The fastest variant that was found: this Adam, one tensor after the other (torch._foreach, torch.optim.Adam with or
without foreach, and AVX-512 in PyTorch's own kernels are no faster), and OpenBLAS built with OpenMP. The pthread build
has its own pool beside PyTorch's; on two cores the two pools slow each other down.

The step is that of bench/support/dense_gan.py. Its docstring has the model and the formulas of weights and batches
(hashedFloats; salt S; batches 0 ... batches - 1, used in turn). Before anything is timed, the losses of the first three
steps are compared with the same steps in float64; they differ by at most 1e-4. One thing differs: PyTorch updates the
running variance with the unbiased variance. No loss depends on it.

    {"name", "torch", "threads", "blas", "isa", "adam", "batchSize", "steps", "warmup",
     "min", "median": milliseconds a step, "firstLosses": [[generator, discriminator] of steps 0 ... 4], "lastLosses"}

With --serve it makes steps on request; bench/peers/index.ts uses this to measure it in turn with the other peers.
"""

import sys

sys.dont_write_bytecode = True

import launch  # noqa: E402

OPTIONS = launch.prepare(launch.parser_of("Times one step of the dense GAN in PyTorch.", salt=27_010_000, batch_size=256))

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import dense_gan as reference  # noqa: E402
import stepping  # noqa: E402


class Gan:
    def __init__(self, salt):
        self.weights = reference.initial_weights(salt, torch.float32)
        for name, weight in self.weights.items():
            weight.requires_grad_(reference.is_trainable(name))
        self.generator_weights = [self.weights[name] for name in reference.names_of("generator")]
        self.discriminator_weights = [self.weights[name] for name in reference.names_of("discriminator")]

    def normalize(self, prefix, x):
        mean, variance, gamma, beta = (
            self.weights[f"{prefix}.{part}"] for part in ("movingMean", "movingVariance", "gamma", "beta")
        )
        momentum = 1 - reference.MOMENTUM
        return F.batch_norm(x, mean, variance, gamma, beta, True, momentum, reference.EPSILON)

    def hidden(self, network, number, x):
        x = torch.mm(x, self.weights[f"{network}.dense{number}.kernel"])
        return F.leaky_relu_(self.normalize(f"{network}.norm{number}", x), reference.SLOPE)

    def generator(self, x):
        x = self.hidden("generator", 2, self.hidden("generator", 1, x))
        return self.normalize("generator.norm3", torch.tanh_(torch.mm(x, self.weights["generator.dense3.kernel"])))

    def discriminator(self, x):
        x = self.hidden("discriminator", 2, self.hidden("discriminator", 1, x))
        return torch.addmm(self.weights["discriminator.dense3.bias"], x, self.weights["discriminator.dense3.kernel"])


def trainer():
    batches = [reference.batch(OPTIONS.salt, b, torch.float32, OPTIONS.batch_size) for b in range(OPTIONS.batches)]
    return stepping.trainer(Gan(OPTIONS.salt), batches, OPTIONS.adam)


def exact_losses():
    steps = reference.run(OPTIONS.salt, torch.float64, size=OPTIONS.batch_size, batches=OPTIONS.batches)
    return [(step["generatorLoss"], step["discriminatorLoss"]) for step in steps]


if __name__ == "__main__":
    stepping.run(OPTIONS, trainer, exact_losses(), {})
