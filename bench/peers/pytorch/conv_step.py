"""Times one step of the convolutional GAN in PyTorch, float32, in the fastest formulation found; prints one line of
JSON.

    /usr/bin/python3 bench/peers/pytorch/conv_step.py --threads 2      (Debian: python3-torch, libopenblas0-openmp)

The pair is that of src/gan/conv-models.ts at width 0.25 without dropout. Weights and batches are those of `CONV` in
bench/peers/data.ts, with the formulas of bench/support/dense_gan.py. The losses are compared with float64 before
anything is timed. Output and --serve are as in gan_step.py.

For stride 2 Keras pads one pixel before and two after; PyTorch pads two on both sides and does not use the last.
Mirroring turns one into the other. So kernels, images and weights over pixels are mirrored when they are loaded; the
losses stay the same, and no step has to pad or crop.
"""

import sys

sys.dont_write_bytecode = True

import launch  # noqa: E402

parser = launch.parser_of("Times one step of the convolutional GAN in PyTorch.", salt=28_010_000, batch_size=64)
parser.add_argument("--format", choices=("channels-last", "channels-first"), default="channels-last", help="memory format of images")
parser.add_argument("--transposed", choices=("adjoint", "native"), default="adjoint", help="transposed convolutions: by the gradient of conv2d, or by conv_transpose2d")
parser.add_argument("--no-mkldnn", action="store_true", help="PyTorch's own convolutions instead of oneDNN's")
OPTIONS = launch.prepare(parser)

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import stepping  # noqa: E402
from hashing import hashed_tensor  # noqa: E402
from keras_formulas import EPSILON, MOMENTUM, SLOPE  # noqa: E402

LATENT = 100
GENERATOR = (64, 32, 16, 1)
DISCRIMINATOR = (1, 16, 32)
CHANNELS_LAST = OPTIONS.format == "channels-last"


def layout():
    """Names and shapes as in Keras, in the order that numbers the salts."""
    norm = ("gamma", "beta", "movingMean", "movingVariance")
    first, last = 49 * GENERATOR[0], 49 * DISCRIMINATOR[-1]
    tensors = [("generator.1.kernel", [LATENT, first]), *((f"generator.1.{part}", [first]) for part in norm)]
    for number, (channels, filters) in enumerate(zip(GENERATOR, GENERATOR[1:]), 2):
        tensors.append((f"generator.{number}.kernel", [5, 5, filters, channels]))
        if filters > 1:
            tensors.extend((f"generator.{number}.{part}", [filters]) for part in norm)
    for number, (channels, filters) in enumerate(zip(DISCRIMINATOR, DISCRIMINATOR[1:]), 1):
        tensors.append((f"discriminator.{number}.kernel", [5, 5, channels, filters]))
        tensors.append((f"discriminator.{number}.bias", [filters]))
    return [*tensors, ("discriminator.3.kernel", [last, 1]), ("discriminator.3.bias", [1])]


def initial(part, shape, salt, dtype):
    if part in ("movingMean", "movingVariance"):
        return torch.full(shape, 0.0 if part == "movingMean" else 1.0, dtype=dtype)
    if part == "kernel":
        window = 25 if len(shape) == 4 else 1
        limit = (6 / (window * (shape[-2] + shape[-1]))) ** 0.5
        return hashed_tensor(shape, salt, -limit, limit, dtype)
    return hashed_tensor(shape, salt, *((0.5, 1.5) if part == "gamma" else (-0.5, 0.5)), dtype)


def mirrored_pixels(x, axis):
    """An axis of 7 x 7 pixels x channels, mirrored; channels come first if the memory format wants it."""
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    n = len(before)
    x = x.reshape(*before, 7, 7, -1, *after).flip(n, n + 1)
    if not CHANNELS_LAST:
        x = x.movedim(n + 2, n)
    return x.reshape(*before, -1, *after).contiguous()


def converted(name, x):
    """Keras's layout to PyTorch's: [filters, channels, 5, 5], of a transposed kernel [channels, filters, 5, 5]."""
    if x.dim() == 4:
        x = x.flip(0, 1).permute(3, 2, 0, 1)
        return x.contiguous(memory_format=torch.channels_last if CHANNELS_LAST else torch.contiguous_format)
    if name.startswith("generator.1."):
        return mirrored_pixels(x, x.dim() - 1)
    return mirrored_pixels(x, 0) if name == "discriminator.3.kernel" else x


class Adjoint(torch.autograd.Function):
    """A transposed convolution as the gradient of conv2d, which oneDNN computes, unlike conv_transpose2d."""

    @staticmethod
    def forward(context, x, kernel, stride):
        context.save_for_backward(x, kernel)
        context.stride = stride
        shape = (x.shape[0], kernel.shape[1], x.shape[2] * stride, x.shape[3] * stride)
        return torch.nn.grad.conv2d_input(shape, kernel, x, stride, 2)

    @staticmethod
    def backward(context, dy):
        x, kernel = context.saved_tensors
        dkernel = torch.nn.grad.conv2d_weight(dy, kernel.shape, x, context.stride, 2)
        return F.conv2d(dy, kernel, None, context.stride, 2), dkernel, None


def transposed(x, kernel, stride):
    if OPTIONS.transposed == "adjoint":
        return Adjoint.apply(x, kernel, stride)
    return F.conv_transpose2d(x, kernel, None, stride, 2, stride - 1)


class Gan:
    def __init__(self, salt, dtype):
        self.weights = {}
        for number, (name, shape) in enumerate(layout()):
            part = name.split(".")[-1]
            weight = converted(name, initial(part, shape, salt + 1000 + number, dtype))
            self.weights[name] = weight.requires_grad_(not part.startswith("moving"))
        trainable = [(name, weight) for name, weight in self.weights.items() if weight.requires_grad]
        self.generator_weights = [weight for name, weight in trainable if name.startswith("generator")]
        self.discriminator_weights = [weight for name, weight in trainable if name.startswith("discriminator")]

    def normalized(self, number, x):
        mean, variance, gamma, beta = (
            self.weights[f"generator.{number}.{part}"] for part in ("movingMean", "movingVariance", "gamma", "beta")
        )
        return F.leaky_relu_(F.batch_norm(x, mean, variance, gamma, beta, True, 1 - MOMENTUM, EPSILON), SLOPE)

    def generator(self, x):
        x = self.normalized(1, torch.mm(x, self.weights["generator.1.kernel"]))
        if CHANNELS_LAST:
            x = x.view(-1, 7, 7, GENERATOR[0]).permute(0, 3, 1, 2)
        else:
            x = x.view(-1, GENERATOR[0], 7, 7)
        x = self.normalized(2, transposed(x, self.weights["generator.2.kernel"], 1))
        x = self.normalized(3, transposed(x, self.weights["generator.3.kernel"], 2))
        return torch.tanh_(transposed(x, self.weights["generator.4.kernel"], 2))

    def discriminator(self, x):
        for number in (1, 2):
            kernel, bias = (self.weights[f"discriminator.{number}.{part}"] for part in ("kernel", "bias"))
            x = F.leaky_relu_(F.conv2d(x, kernel, bias, 2, 2), SLOPE)
        if CHANNELS_LAST:
            x = x.permute(0, 2, 3, 1)
        x = x.reshape(x.shape[0], -1)
        return torch.addmm(self.weights["discriminator.3.bias"], x, self.weights["discriminator.3.kernel"])


def batch(index, dtype):
    noise = hashed_tensor([OPTIONS.batch_size, LATENT], OPTIONS.salt + 2000 + index, -1.75, 1.75, dtype)
    real = hashed_tensor([OPTIONS.batch_size, 1, 28, 28], OPTIONS.salt + 3000 + index, -1, 1, dtype)
    return noise, real.flip(2, 3).contiguous(memory_format=torch.channels_last if CHANNELS_LAST else torch.contiguous_format)


def trainer(dtype=torch.float32):
    return stepping.trainer(Gan(OPTIONS.salt, dtype), [batch(b, dtype) for b in range(OPTIONS.batches)], OPTIONS.adam)


def exact_losses():
    step = trainer(torch.float64)
    return [step() for _ in range(stepping.COMPARED)]


if __name__ == "__main__":
    torch.backends.mkldnn.enabled = not OPTIONS.no_mkldnn
    convolutions = "PyTorch's convolutions" if OPTIONS.no_mkldnn else "oneDNN"
    details = {"convolutions": convolutions, "format": OPTIONS.format, "transposed": OPTIONS.transposed}
    stepping.run(OPTIONS, trainer, exact_losses(), details)
