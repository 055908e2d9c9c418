"""What the trainings of a GAN in PyTorch share (bench/peers/pytorch/train_gan.py, train_compact.py): the images of MNIST
as trainGan gets them, its losses, its Adam, and pictures that `npm run evaluate` reads.
"""

import gzip
import os

import numpy
import torch
import torch.nn.functional as F


def load(folder, *shape):
    """The training images, each of this shape, in [-1, 1]."""
    path = os.path.join(folder, "train-images-idx3-ubyte")
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        data = file.read()
    pixels = numpy.frombuffer(data, numpy.uint8, offset=16).reshape(-1, *shape)
    return (torch.from_numpy(pixels.astype(numpy.float32)) - 127.5) / 127.5


@torch.no_grad()
def keep(generator, latent, count, path, seed):
    """Writes an IDX file [count, 28, 28], drawn in inference mode from noise of its own: the training does not change."""
    random = torch.Generator().manual_seed(seed)
    generator.eval()
    images = torch.cat([generator(torch.randn(1000, latent, generator=random)) for _ in range((count + 999) // 1000)])
    generator.train()
    pixels = (images[:count].clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8).numpy()
    header = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (count, 28, 28))
    with open(path, "wb") as file:
        file.write(header + pixels.tobytes())


class Adam:
    """Keras's: epsilon is added to the square root before the bias corrections. With beta1 = 0 it keeps no mean."""

    def __init__(self, weights, rate, beta1, beta2, epsilon=1e-7):
        self.weights = list(weights)
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.means = [torch.zeros_like(weight) if beta1 > 0 else None for weight in self.weights]
        self.squares = [torch.zeros_like(weight) for weight in self.weights]
        self.time = 0

    @torch.no_grad()
    def apply(self, gradients):
        self.time += 1
        rate = self.rate * (1 - self.beta2**self.time) ** 0.5 / (1 - self.beta1**self.time)
        for weight, m, v, gradient in zip(self.weights, self.means, self.squares, gradients):
            if m is not None:
                m.lerp_(gradient, 1 - self.beta1)
            v.mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
            weight.addcdiv_(gradient if m is None else m, v.sqrt().add_(self.epsilon), value=-rate)


def losses(real_logits, fake_logits):
    """The loss of the generator, non-saturating, and of the discriminator, from logits."""
    return F.softplus(-fake_logits).mean(), F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
