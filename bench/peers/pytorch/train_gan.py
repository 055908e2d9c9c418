"""Trains the dense GAN of src/gan/dense-models.ts in PyTorch and writes pictures of it, to compare with those of ganvas.

    /usr/bin/python3 bench/peers/pytorch/train_gan.py --data MNIST_DIR --out DIR --seed 1    (Debian: python3-torch, python3-numpy)
    npm run evaluate -- RUN_DIR --data MNIST_DIR --images DIR/epoch-100.idx

Models, losses, order of updates and constants are those of trainGan (Keras's initial weights, Adam, batch normalisation
with momentum 0.99 and epsilon 1e-3). The random numbers are PyTorch's. After each epoch of --keep it writes
DIR/epoch-NNN.idx, an IDX file [count, 28, 28] of --count pictures in inference mode, clipped and rounded to bytes.
"""

import argparse
import gzip
import os
import time

import numpy
import torch
import torch.nn.functional as F

BETA1, BETA2, ADAM_EPSILON, RATE = 0.9, 0.999, 1e-7, 1e-4
# PyTorch's momentum is the share of the new batch; its running variance moves by the unbiased variance, 256 / 255 of Keras's.
MOMENTUM, EPSILON, SLOPE = 0.01, 1e-3, 0.3


def parse():
    parser = argparse.ArgumentParser(description="Trains the dense GAN in PyTorch and keeps pictures.")
    parser.add_argument("--data", required=True, help="folder with train-images-idx3-ubyte, gzipped or not")
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--keep", default="1,5,20,50,100", help="epochs after which pictures are kept")
    parser.add_argument("--count", type=int, default=10_000, help="pictures kept each time")
    return parser.parse_args()


def load(folder):
    path = os.path.join(folder, "train-images-idx3-ubyte")
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        data = file.read()
    pixels = numpy.frombuffer(data, numpy.uint8, offset=16).reshape(-1, 784)
    return (torch.from_numpy(pixels.astype(numpy.float32)) - 127.5) / 127.5


def dense(inputs, units, bias=False):
    layer = torch.nn.Linear(inputs, units, bias)
    torch.nn.init.xavier_uniform_(layer.weight)
    if bias:
        torch.nn.init.zeros_(layer.bias)
    return layer


def norm(units):
    return torch.nn.BatchNorm1d(units, eps=EPSILON, momentum=MOMENTUM)


def models():
    leaky = torch.nn.LeakyReLU(SLOPE)
    generator = torch.nn.Sequential(
        dense(100, 256), norm(256), leaky, dense(256, 512), norm(512), leaky, dense(512, 784), torch.nn.Tanh(), norm(784)
    )
    discriminator = torch.nn.Sequential(
        dense(784, 512), norm(512), leaky, dense(512, 256), norm(256), leaky, dense(256, 1, bias=True)
    )
    return generator, discriminator


class Adam:
    """Keras's: epsilon is added to the square root before the bias corrections."""

    def __init__(self, weights):
        self.weights = list(weights)
        self.states = [(torch.zeros_like(w), torch.zeros_like(w)) for w in self.weights]
        self.time = 0

    @torch.no_grad()
    def apply(self, gradients):
        self.time += 1
        rate = RATE * (1 - BETA2**self.time) ** 0.5 / (1 - BETA1**self.time)
        for weight, (m, v), gradient in zip(self.weights, self.states, gradients):
            m.lerp_(gradient, 1 - BETA1)
            v.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            weight.addcdiv_(m, v.sqrt().add_(ADAM_EPSILON), value=-rate)


def step(generator, discriminator, adams, real, noise):
    real_logits = discriminator(real)
    fake_logits = discriminator(generator(noise))
    generator_loss = F.softplus(-fake_logits).mean()
    discriminator_loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    for_generator = torch.autograd.grad(generator_loss, adams[0].weights, retain_graph=True)
    for_discriminator = torch.autograd.grad(discriminator_loss, adams[1].weights)
    adams[0].apply(for_generator)
    adams[1].apply(for_discriminator)
    return generator_loss.item(), discriminator_loss.item()


@torch.no_grad()
def keep(generator, count, path, random):
    generator.eval()
    images = torch.cat([generator(torch.randn(1000, 100, generator=random)) for _ in range((count + 999) // 1000)])
    generator.train()
    pixels = (images[:count].clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8).numpy()
    header = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (count, 28, 28))
    with open(path, "wb") as file:
        file.write(header + pixels.tobytes())


def main():
    options = parse()
    os.makedirs(options.out, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    images = load(options.data)
    generator, discriminator = models()
    adams = Adam(generator.parameters()), Adam(discriminator.parameters())
    kept = {int(epoch) for epoch in options.keep.split(",")}
    begin = time.perf_counter()
    for epoch in range(1, options.epochs + 1):
        order = torch.randperm(len(images))
        losses = []
        for batch in order.split(options.batch_size):
            noise = torch.randn(options.batch_size, 100)
            losses.append(step(generator, discriminator, adams, images[batch], noise))
        means = [sum(column) / len(losses) for column in zip(*losses)]
        seconds = time.perf_counter() - begin
        print(f"epoch {epoch}  generator loss {means[0]:.4f}  discriminator loss {means[1]:.4f}  {seconds:.0f} s", flush=True)
        if epoch in kept:
            # A generator of its own, so that what is kept does not change the training.
            random = torch.Generator().manual_seed(options.seed + 1_000_000)
            keep(generator, options.count, os.path.join(options.out, f"epoch-{epoch:03d}.idx"), random)


if __name__ == "__main__":
    main()
