"""The GAN step in PyTorch, two Adams and the timing, for gan_step.py and conv_step.py. Import it after
launch.prepare().
"""

import json
import os
import sys
import time

import torch
import torch.nn.functional as F

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-7
RATE = 1e-4
COMPARED = 3


def gan_gradients(gan, noise, real):
    real_logits = gan.discriminator(real)
    fake_logits = gan.discriminator(gan.generator(noise))
    # BCE(1, z) = softplus(-z) and BCE(0, z) = softplus(z), each stable.
    generator_loss = F.softplus(-fake_logits).mean()
    discriminator_loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    generator = torch.autograd.grad(generator_loss, gan.generator_weights, retain_graph=True)
    discriminator = torch.autograd.grad(discriminator_loss, gan.discriminator_weights)
    return (generator_loss.item(), discriminator_loss.item()), generator, discriminator


class ManualAdam:
    """Keras's Adam, tensor by tensor, in place: a tensor stays in the cache through the whole update."""

    def __init__(self, weights):
        self.states = [(w, torch.zeros_like(w), torch.zeros_like(w), torch.zeros_like(w)) for w in weights]
        self.time = 0

    def apply(self, gradients):
        self.time += 1
        rate = RATE * (1 - BETA2**self.time) ** 0.5 / (1 - BETA1**self.time)
        for (weight, m, v, scratch), gradient in zip(self.states, gradients):
            m.lerp_(gradient, 1 - BETA1)
            v.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            weight.addcdiv_(m, torch.sqrt(v, out=scratch).add_(EPSILON), value=-rate)


class OptimAdam:
    """PyTorch's own; its epsilon is divided by sqrt(1 - beta2^t) to be Keras's."""

    def __init__(self, weights):
        self.weights = list(weights)
        self.optimizer = torch.optim.Adam(self.weights, RATE, (BETA1, BETA2), foreach=True)
        self.time = 0

    def apply(self, gradients):
        self.time += 1
        self.optimizer.param_groups[0]["eps"] = EPSILON / (1 - BETA2**self.time) ** 0.5
        for weight, gradient in zip(self.weights, gradients):
            weight.grad = gradient
        self.optimizer.step()


def trainer(gan, batches, adam):
    """Returns the function that makes the GAN's next step and returns the two losses."""
    kind = ManualAdam if adam == "manual" else OptimAdam
    adams = kind(gan.generator_weights), kind(gan.discriminator_weights)
    number = 0

    def step():
        nonlocal number
        losses, *gradients = gan_gradients(gan, *batches[number % len(batches)])
        with torch.no_grad():
            for optimizer, gradient in zip(adams, gradients):
                optimizer.apply(gradient)
        number += 1
        return losses

    return step


def verify(step, exact):
    """The first steps' losses against those in float64, [generator's, discriminator's] of each."""
    for number, expected in enumerate(exact):
        for got, want in zip(step(), expected):
            if not abs(got - want) < 1e-4:
                raise SystemExit(f"step {number}: loss {got}, in float64 {want}")


def loaded_blas():
    """The folder that the BLAS in this process came from, as the kernel sees it."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    return sorted({os.path.basename(os.path.dirname(path)) for path in paths})


def serve(step, detail):
    """The protocol of bench/peers/serve.ts: numbers of steps in, lines of JSON with times and losses out."""
    print(json.dumps({"version": torch.__version__, "detail": detail}), flush=True)
    for line in sys.stdin:
        times, losses = [], []
        for _ in range(int(line)):
            start = time.perf_counter()
            losses.append(step())
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"times": times, "losses": losses}), flush=True)


def run(options, make_trainer, exact, details):
    """Serves, or times and prints. `make_trainer` starts afresh; `details` are the script's own, {name: value}."""
    torch.set_num_threads(options.threads)
    verify(make_trainer(), exact)
    step = make_trainer()
    if options.serve:
        serve(step, ", ".join([*loaded_blas(), options.isa, *details.values()]))
        return
    first = [step() for _ in range(5)]
    for _ in range(options.warmup - 5):
        step()
    times = []
    for _ in range(options.steps):
        start = time.perf_counter()
        last = step()
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    print(json.dumps({
        "name": "pytorch",
        "torch": torch.__version__,
        "threads": options.threads,
        "blas": loaded_blas(),
        "isa": options.isa,
        "adam": options.adam,
        **details,
        "batchSize": options.batch_size,
        "steps": options.steps,
        "warmup": options.warmup,
        "min": round(times[0], 3),
        "median": round(times[len(times) // 2], 3),
        "firstLosses": first,
        "lastLosses": last,
    }))
