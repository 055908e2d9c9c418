"""Times one step of the dense GAN in PyTorch, float32, in the fastest formulation found; prints one line of JSON.

    /usr/bin/python3 bench/peers/pytorch/gan_step.py --threads 2       (Debian: python3-torch, libopenblas0-openmp)

Fastest of what was tried, within the noise: this Adam, one tensor after the other (torch._foreach and torch.optim.Adam, foreach
or not, gain nothing; AVX-512 for PyTorch's own kernels neither), and OpenBLAS built on OpenMP: the pthread build keeps a pool of
its own beside PyTorch's, and on two cores the two get in each other's way.

The step is that of test/fixtures/gan_steps.py, whose docblock has the model and the formula of the weights and batches
(hashedFloats; salt S, batches 0 ... batches - 1, taken in turn). Before anything is timed, the losses of the first three
steps are compared with the same steps in float64 (at most 1e-4 apart), so what is timed is the step and not another one.
In one point PyTorch does its own: the running variance moves by the unbiased variance, which no loss can see.

    {"name", "torch", "threads", "blas", "isa", "adam", "batchSize", "steps", "warmup",
     "min", "median": milliseconds a step, "firstLosses": [[generator, discriminator] of steps 0 ... 4], "lastLosses"}

With --serve it makes steps when asked: bench/peers/index.ts measures it so, in turn with the other peers.
"""

import argparse
import glob
import json
import os
import sys
import time


def parse():
    parser = argparse.ArgumentParser(description="Times one step of the dense GAN in PyTorch.")
    parser.add_argument("--steps", type=int, default=100, help="timed steps (default 100)")
    parser.add_argument("--warmup", type=int, default=20, help="untimed steps before them (default 20, at least 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all cores")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--batches", type=int, default=4, help="different batches, taken in turn (default 4)")
    parser.add_argument("--salt", type=int, default=27_010_000)
    parser.add_argument("--isa", choices=("best", "avx2"), default="best", help="what OpenBLAS may use")
    parser.add_argument("--blas", choices=("openmp", "pthread", "system"), default="openmp", help="which OpenBLAS")
    parser.add_argument("--adam", choices=("manual", "optim"), default="manual", help="optim: torch.optim.Adam(foreach=True)")
    parser.add_argument("--serve", action="store_true", help="make steps when asked, as bench/peers/serve.ts says")
    return parser.parse_args()


OPTIONS = parse()


def environment():
    """What OpenBLAS, PyTorch and the loader read once, when the process starts or they are loaded."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    variables["OMP_NUM_THREADS"] = variables["OPENBLAS_NUM_THREADS"] = str(OPTIONS.threads)
    if OPTIONS.isa == "avx2":
        variables["OPENBLAS_CORETYPE"] = "Haswell"
    if OPTIONS.blas != "system":
        folders = glob.glob(f"/usr/lib/*/openblas-{OPTIONS.blas}")
        if not folders:
            raise SystemExit(f"no {OPTIONS.blas} OpenBLAS: apt-get install libopenblas0-{OPTIONS.blas}, or --blas system")
        variables["LD_LIBRARY_PATH"] = folders[0]
    return variables


if "GANVAS_BENCH_READY" not in os.environ:
    os.execve(sys.executable, [sys.executable, *sys.argv], {**environment(), "GANVAS_BENCH_READY": "1"})

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../test/fixtures"))

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import gan_steps as reference  # noqa: E402

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-7
RATE = reference.LEARNING_RATE


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

    def gradients(self, noise, real):
        real_logits = self.discriminator(real)
        fake_logits = self.discriminator(self.generator(noise))
        # BCE(1, z) = softplus(-z) and BCE(0, z) = softplus(z), each stable.
        generator_loss = F.softplus(-fake_logits).mean()
        discriminator_loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
        generator = torch.autograd.grad(generator_loss, self.generator_weights, retain_graph=True)
        discriminator = torch.autograd.grad(discriminator_loss, self.discriminator_weights)
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


def trainer():
    """A fresh GAN; returns the function that makes its next step and returns the two losses."""
    gan = Gan(OPTIONS.salt)
    adam = ManualAdam if OPTIONS.adam == "manual" else OptimAdam
    adams = adam(gan.generator_weights), adam(gan.discriminator_weights)
    batches = [reference.batch(OPTIONS.salt, b, torch.float32, OPTIONS.batch_size) for b in range(OPTIONS.batches)]
    number = 0

    def step():
        nonlocal number
        losses, *gradients = gan.gradients(*batches[number % len(batches)])
        with torch.no_grad():
            for optimizer, gradient in zip(adams, gradients):
                optimizer.apply(gradient)
        number += 1
        return losses

    return step


def verify():
    """The first three steps' losses against float64."""
    step = trainer()
    exact = reference.run(OPTIONS.salt, torch.float64, size=OPTIONS.batch_size, batches=OPTIONS.batches)
    for number, expected in enumerate(exact):
        for got, want in zip(step(), (expected["generatorLoss"], expected["discriminatorLoss"])):
            if not abs(got - want) < 1e-4:
                raise SystemExit(f"step {number}: loss {got}, in float64 {want}")


def loaded_blas():
    """The folder that the BLAS in this process came from, as the kernel sees it."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line}
    return sorted({os.path.basename(os.path.dirname(path)) for path in paths})


def serve(step):
    """The talk of bench/peers/serve.ts: a line with a number of steps in, a line of JSON with their times and losses out."""
    blas = ", ".join(loaded_blas())
    print(json.dumps({"version": torch.__version__, "detail": f"{blas}, {OPTIONS.isa}"}), flush=True)
    for line in sys.stdin:
        times, losses = [], []
        for _ in range(int(line)):
            start = time.perf_counter()
            losses.append(step())
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"times": times, "losses": losses}), flush=True)


def main():
    torch.set_num_threads(OPTIONS.threads)
    verify()
    step = trainer()
    if OPTIONS.serve:
        serve(step)
        return
    first = [step() for _ in range(5)]
    for _ in range(OPTIONS.warmup - 5):
        step()
    times = []
    for _ in range(OPTIONS.steps):
        start = time.perf_counter()
        last = step()
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    print(json.dumps({
        "name": "pytorch",
        "torch": torch.__version__,
        "threads": OPTIONS.threads,
        "blas": loaded_blas(),
        "isa": OPTIONS.isa,
        "adam": OPTIONS.adam,
        "batchSize": OPTIONS.batch_size,
        "steps": OPTIONS.steps,
        "warmup": OPTIONS.warmup,
        "min": round(times[0], 3),
        "median": round(times[len(times) // 2], 3),
        "firstLosses": first,
        "lastLosses": last,
    }))


if __name__ == "__main__":
    main()
