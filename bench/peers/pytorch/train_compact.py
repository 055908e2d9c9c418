"""Trains the compact GAN of src/gan/compact-models.ts in PyTorch by the recipe of `npm run train -- --model compact`, and
writes pictures of it on the way, to compare how soon it and ganvas draw good pictures (bench/quality).

    /usr/bin/python3 bench/peers/pytorch/train_compact.py --data MNIST_DIR --out DIR     (Debian: python3-torch, python3-numpy)
    npm run evaluate -- DIR --data MNIST_DIR --images DIR/*.idx

Models, losses, penalty, order of updates, averages and constants are those of trainGan; the random numbers are
PyTorch's. Convolutions are in the fastest formulation found (conv_step.py): oneDNN, channels last, a transposed
convolution as the gradient of a convolution. The clock counts the training, not the pictures. Every --every seconds it
writes DIR/SECONDS-s.idx, an IDX file [count, 28, 28] of --count pictures of the averaged generator.
"""

import argparse
import copy
import math
import os
import time

import launch

parser = argparse.ArgumentParser(description="Trains the compact GAN in PyTorch and keeps pictures.")
parser.add_argument("--data", required=True, help="folder with train-images-idx3-ubyte, gzipped or not")
parser.add_argument("--out", required=True)
parser.add_argument("--epochs", type=int, default=25)
parser.add_argument("--every", type=float, default=30, help="seconds of training from one set of pictures to the next")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--count", type=int, default=10_000, help="pictures in a set")
parser.add_argument("--isa", choices=("best", "avx2"), default="best", help="what OpenBLAS and oneDNN may use")
parser.add_argument("--blas", choices=("openmp", "pthread", "system"), default="openmp", help="which OpenBLAS")
OPTIONS = launch.prepare(parser)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import mnist_gan  # noqa: E402

BATCH, LATENT, SLOPE = 64, 100, 0.2
RATE, BETA1, BETA2, AVERAGE = 2e-3, 0, 0.99, 0.999
PENALTY_WEIGHT, PENALTY_EVERY = 3, 2
# PyTorch's momentum is the share of the new batch; its running variance moves by the unbiased variance.
MOMENTUM, EPSILON = 0.01, 1e-3
LAST = torch.channels_last


class Adjoint(torch.autograd.Function):
    """A transposed convolution, 4 x 4 with a stride of 2, as the gradient of conv2d, which oneDNN computes."""

    @staticmethod
    def forward(context, x, kernel):
        context.save_for_backward(x, kernel)
        shape = (x.shape[0], kernel.shape[1], x.shape[2] * 2, x.shape[3] * 2)
        return torch.nn.grad.conv2d_input(shape, kernel, x, 2, 1)

    @staticmethod
    def backward(context, dy):
        x, kernel = context.saved_tensors
        return F.conv2d(dy, kernel, None, 2, 1), torch.nn.grad.conv2d_weight(dy, kernel.shape, x, 2, 1)


def glorot(*shape):
    return torch.nn.Parameter(torch.nn.init.xavier_uniform_(torch.empty(shape)))


def kernel(*shape):
    return torch.nn.Parameter(glorot(*shape).data.contiguous(memory_format=LAST))


def zeros(count):
    return torch.nn.Parameter(torch.zeros(count))


class Generator(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense, self.second, self.third, self.bias = glorot(LATENT, 49 * 64), kernel(64, 32, 4, 4), kernel(32, 1, 4, 4), zeros(1)
        self.norms = torch.nn.ModuleList([
            torch.nn.BatchNorm1d(49 * 64, eps=EPSILON, momentum=MOMENTUM), torch.nn.BatchNorm2d(32, eps=EPSILON, momentum=MOMENTUM)
        ])

    def forward(self, noise):
        x = F.leaky_relu_(self.norms[0](torch.mm(noise, self.dense)), SLOPE)
        x = x.view(-1, 7, 7, 64).permute(0, 3, 1, 2)
        x = F.leaky_relu_(self.norms[1](Adjoint.apply(x, self.second)), SLOPE)
        return torch.tanh(Adjoint.apply(x, self.third) + self.bias)


class Discriminator(torch.nn.Module):
    def __init__(self):
        super().__init__()
        channels = (1, 16, 32, 64)
        self.kernels = torch.nn.ParameterList([kernel(n, m, 4, 4) for m, n in zip(channels, channels[1:])])
        self.biases = torch.nn.ParameterList([zeros(n) for n in channels[1:]])
        self.dense, self.bias = glorot(16 * 64, 1), zeros(1)

    def forward(self, x):
        for number, (weights, bias) in enumerate(zip(self.kernels, self.biases)):
            # 'same': 7 pixels get one before and two after.
            padded = F.pad(x, (1, 2, 1, 2)) if number == 2 else x
            x = F.leaky_relu(F.conv2d(padded, weights, bias, 2, 0 if number == 2 else 1), SLOPE)
        return torch.addmm(self.bias, x.permute(0, 2, 3, 1).reshape(x.shape[0], -1), self.dense)


def step(generator, discriminator, adams, real, number):
    penalized = number % PENALTY_EVERY == 0
    real = real.contiguous(memory_format=LAST).requires_grad_(penalized)
    real_logits = discriminator(real)
    fake_logits = discriminator(generator(torch.randn(BATCH, LATENT)))
    generator_loss, discriminator_loss = mnist_gan.losses(real_logits, fake_logits)
    for_generator = torch.autograd.grad(generator_loss, adams[0].weights, retain_graph=True)
    if penalized:
        (slope,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        discriminator_loss = discriminator_loss + PENALTY_EVERY * PENALTY_WEIGHT / 2 * slope.square().sum() / len(real)
    for_discriminator = torch.autograd.grad(discriminator_loss, adams[1].weights)
    adams[0].apply(for_generator)
    adams[1].apply(for_discriminator)
    if not math.isfinite(generator_loss.item() + discriminator_loss.item()):
        raise SystemExit(f"step {number}: a loss is not finite")


@torch.no_grad()
def update_average(average, generator, number):
    share = 1 - min(AVERAGE, (1 + number) / (10 + number))
    for old, new in zip(average.state_dict().values(), generator.state_dict().values()):
        if old.is_floating_point():
            old.lerp_(new, share)


def main():
    os.makedirs(OPTIONS.out, exist_ok=True)
    torch.manual_seed(OPTIONS.seed)
    torch.set_num_threads(OPTIONS.threads)
    images = mnist_gan.load(OPTIONS.data, 1, 28, 28)
    generator, discriminator = Generator(), Discriminator()
    average = copy.deepcopy(generator)
    adams = [mnist_gan.Adam(model.parameters(), RATE, BETA1, BETA2) for model in (generator, discriminator)]
    seconds, following, number = 0.0, OPTIONS.every, 0
    for epoch in range(1, OPTIONS.epochs + 1):
        begin = time.perf_counter()
        for batch in torch.randperm(len(images)).split(BATCH):
            step(generator, discriminator, adams, images[batch], number)
            number += 1
            update_average(average, generator, number)
        seconds += time.perf_counter() - begin
        if seconds >= following or epoch == OPTIONS.epochs:
            following = seconds + OPTIONS.every
            path = os.path.join(OPTIONS.out, f"{seconds:06.1f}-s.idx")
            mnist_gan.keep(average, LATENT, OPTIONS.count, path, seed=1_000_000)
            print(f"epoch {epoch}  step {number}  {seconds:.1f} s  {1e3 * seconds / number:.2f} ms a step", flush=True)


if __name__ == "__main__":
    main()
