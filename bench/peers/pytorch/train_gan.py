"""Trains the dense GAN of src/gan/dense-models.ts in PyTorch and writes pictures of it, to compare with those of ganvas.

    /usr/bin/python3 bench/peers/pytorch/train_gan.py --data MNIST_DIR --out DIR --seed 1    (Debian: python3-torch, python3-numpy)
    npm run evaluate -- RUN_DIR --data MNIST_DIR --images DIR/epoch-100.idx

Models, losses, order of updates and constants are those of trainGan (Keras's initial weights, Adam, batch normalisation
with momentum 0.99 and epsilon 1e-3). The random numbers are PyTorch's. After each epoch of --keep it writes
DIR/epoch-NNN.idx, an IDX file [count, 28, 28] of --count pictures in inference mode, clipped and rounded to bytes.
"""

import argparse
import os
import sys
import time

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../support"))
import mnist_gan  # noqa: E402

LATENT, RATE, BETA1, BETA2 = 100, 1e-4, 0.9, 0.999
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
        dense(LATENT, 256), norm(256), leaky, dense(256, 512), norm(512), leaky, dense(512, 784), torch.nn.Tanh(), norm(784)
    )
    discriminator = torch.nn.Sequential(
        dense(784, 512), norm(512), leaky, dense(512, 256), norm(256), leaky, dense(256, 1, bias=True)
    )
    return generator, discriminator


def step(generator, discriminator, adams, real, noise):
    real_logits = discriminator(real)
    fake_logits = discriminator(generator(noise))
    generator_loss, discriminator_loss = mnist_gan.losses(real_logits, fake_logits)
    for_generator = torch.autograd.grad(generator_loss, adams[0].weights, retain_graph=True)
    for_discriminator = torch.autograd.grad(discriminator_loss, adams[1].weights)
    adams[0].apply(for_generator)
    adams[1].apply(for_discriminator)
    return generator_loss.item(), discriminator_loss.item()


def main():
    options = parse()
    os.makedirs(options.out, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    images = mnist_gan.load(options.data, 784)
    generator, discriminator = models()
    adams = [mnist_gan.Adam(model.parameters(), RATE, BETA1, BETA2) for model in (generator, discriminator)]
    kept = {int(epoch) for epoch in options.keep.split(",")}
    begin = time.perf_counter()
    for epoch in range(1, options.epochs + 1):
        order = torch.randperm(len(images))
        losses = []
        for batch in order.split(options.batch_size):
            noise = torch.randn(options.batch_size, LATENT)
            losses.append(step(generator, discriminator, adams, images[batch], noise))
        means = [sum(column) / len(losses) for column in zip(*losses)]
        seconds = time.perf_counter() - begin
        print(f"epoch {epoch}  generator loss {means[0]:.4f}  discriminator loss {means[1]:.4f}  {seconds:.0f} s", flush=True)
        if epoch in kept:
            path = os.path.join(options.out, f"epoch-{epoch:03d}.idx")
            mnist_gan.keep(generator, LATENT, options.count, path, seed=options.seed + 1_000_000)


if __name__ == "__main__":
    main()
