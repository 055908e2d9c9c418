"""Steps of the dense GAN by PyTorch, in float64 or float32, written out without its optimizers. The fixtures
(test/fixtures/gan_steps.py) and the benchmarks (bench/peers/pytorch/gan_step.py) are compared with them.

Generator:     100 -> 256 -> 512 -> 784, no biases; BN and LeakyReLU 0.3 after the first two, tanh and BN after the last.
Discriminator: 784 -> 512 -> 256 -> 1; no bias, BN, LeakyReLU 0.3 for the first two, a bias for the last.

A step, number s = 0, 1, 2, has one forward pass D(real_s), G(noise_s), D(G(noise_s)), all in training mode. The
generator loss is BCE(1, fake), the discriminator loss BCE(1, real) + BCE(0, fake). Both gradients come from that pass;
then Keras's Adam updates both networks with rate 1e-4. Moving statistics are 0.99 old + 0.01 batch, with the biased
variance. Those of the discriminator move for the real batch, then for the fake one.

Everything comes from hashedFloats(count, salt, low, high) (hashing.py, hashed-floats.ts). With S the salt of the run,
the salt of the tensor number k, counted in the order of `layout()`, is S + 1000 + k:
    kernel  [fan in, fan out]     -limit, limit: limit = sqrt(6 / (fan in + fan out)) in float64
    gamma                         0.5, 1.5
    beta, and the last bias       -0.5, 0.5
    movingMean, movingVariance    0 and 1 (not hashed)
    noise_s   [16, 100]           salt S + 2000 + s, -1.75, 1.75
    real_s    [16, 784]           salt S + 3000 + s, -1, 1
"""

import torch
import torch.nn.functional as F
from hashing import hashed_tensor
from keras_formulas import EPSILON, MOMENTUM, SLOPE, adam_step

STEPS = 3
BATCH = 16
LEARNING_RATE = 1e-4
GENERATOR = (100, 256, 512, 784)
DISCRIMINATOR = (784, 512, 256, 1)


def layout():
    """[(name, shape)] of all tensors, the generator's first. The order is Keras's: layer by layer kernel, gamma, beta,
    movingMean, movingVariance, or kernel and bias."""
    tensors = []
    for network, sizes in (("generator", GENERATOR), ("discriminator", DISCRIMINATOR)):
        for number, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:]), start=1):
            tensors.append((f"{network}.dense{number}.kernel", [fan_in, fan_out]))
            if fan_out == 1:
                tensors.append((f"{network}.dense{number}.bias", [1]))
            else:
                parts = ("gamma", "beta", "movingMean", "movingVariance")
                tensors.extend((f"{network}.norm{number}.{part}", [fan_out]) for part in parts)
    return tensors


def is_trainable(name):
    return "moving" not in name


def initial_weights(salt, dtype):
    weights = {}
    for number, (name, shape) in enumerate(layout()):
        part = name.split(".")[-1]
        if not is_trainable(name):
            weights[name] = torch.full(shape, 0.0 if part == "movingMean" else 1.0, dtype=dtype)
            continue
        if part == "kernel":
            limit = (6 / (shape[0] + shape[1])) ** 0.5
            low, high = -limit, limit
        else:
            low, high = (0.5, 1.5) if part == "gamma" else (-0.5, 0.5)
        weights[name] = hashed_tensor(shape, salt + 1000 + number, low, high, dtype)
    return weights


def batch(salt, step, dtype, size=BATCH):
    noise = hashed_tensor([size, GENERATOR[0]], salt + 2000 + step, -1.75, 1.75, dtype)
    real = hashed_tensor([size, GENERATOR[-1]], salt + 3000 + step, -1, 1, dtype)
    return noise, real


class Pass:
    """One forward pass in training mode. Updates the statistics in `weights` and the kink distance."""

    def __init__(self, weights):
        self.weights = weights
        self.kink_distance = float("inf")

    def normalize(self, prefix, x):
        for part, value in (("movingMean", x.mean(0)), ("movingVariance", x.var(0, unbiased=False))):
            name = f"{prefix}.{part}"
            self.weights[name] = MOMENTUM * self.weights[name] + (1 - MOMENTUM) * value.detach()
        gamma, beta = self.weights[f"{prefix}.gamma"], self.weights[f"{prefix}.beta"]
        return F.batch_norm(x, None, None, gamma, beta, training=True, eps=EPSILON)

    def leaky(self, x):
        self.kink_distance = min(self.kink_distance, x.abs().min().item())
        return F.leaky_relu(x, SLOPE)

    def generator(self, x):
        for number in (1, 2):
            x = x @ self.weights[f"generator.dense{number}.kernel"]
            x = self.leaky(self.normalize(f"generator.norm{number}", x))
        return self.normalize("generator.norm3", torch.tanh(x @ self.weights["generator.dense3.kernel"]))

    def discriminator(self, x):
        for number in (1, 2):
            x = x @ self.weights[f"discriminator.dense{number}.kernel"]
            x = self.leaky(self.normalize(f"discriminator.norm{number}", x))
        return x @ self.weights["discriminator.dense3.kernel"] + self.weights["discriminator.dense3.bias"]

    def losses(self, noise, real):
        """(generator's loss, discriminator's loss, {real, fake, image})."""
        real_logits = self.discriminator(real)
        image = self.generator(noise)
        fake_logits = self.discriminator(image)
        ones, zeros = torch.ones_like(fake_logits), torch.zeros_like(fake_logits)
        crossentropy = F.binary_cross_entropy_with_logits
        generator_loss = crossentropy(fake_logits, ones)
        discriminator_loss = crossentropy(real_logits, ones) + crossentropy(fake_logits, zeros)
        return generator_loss, discriminator_loss, {"real": real_logits, "fake": fake_logits, "image": image}


def names_of(network):
    return [name for name, _ in layout() if name.startswith(network) and is_trainable(name)]


def step_gradients(weights, noise, real):
    """Losses, outputs, {name: gradient} of both networks and the kink distance. Updates the statistics in `weights`."""
    variables = {name: w.clone().requires_grad_() if is_trainable(name) else w for name, w in weights.items()}
    forward = Pass(variables)
    generator_loss, discriminator_loss, outputs = forward.losses(noise, real)
    gradients = {}
    for network, loss in (("generator", generator_loss), ("discriminator", discriminator_loss)):
        names = names_of(network)
        gradients.update(zip(names, torch.autograd.grad(loss, [variables[n] for n in names], retain_graph=True)))
    weights.update({name: w for name, w in variables.items() if not is_trainable(name)})
    return generator_loss.item(), discriminator_loss.item(), outputs, gradients, forward.kink_distance


def run(salt, dtype, enough=0.0, size=BATCH, batches=STEPS):
    """
    The steps, each as a dictionary of what it made, on the first `batches` batches in turn.
    Stops early, with None, once a kink is nearer than `enough`.
    """
    weights = initial_weights(salt, dtype)
    moments = {name: (torch.zeros_like(w), torch.zeros_like(w)) for name, w in weights.items()}
    steps = []
    for step in range(STEPS):
        noise, real = batch(salt, step % batches, dtype, size)
        if enough > 0:
            forward = Pass(dict(weights))
            forward.losses(noise, real)
            if forward.kink_distance < enough:
                return None
        generator_loss, discriminator_loss, outputs, gradients, distance = step_gradients(weights, noise, real)
        for name, gradient in gradients.items():
            weights[name], *moments[name] = adam_step(weights[name], *moments[name], gradient, step + 1, LEARNING_RATE)
        steps.append({
            "generatorLoss": generator_loss,
            "discriminatorLoss": discriminator_loss,
            "outputs": {name: tensor.detach() for name, tensor in outputs.items()},
            "weights": dict(weights),
            "gradients": gradients,
            "distance": distance,
        })
    return steps
