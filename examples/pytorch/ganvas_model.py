"""Models of ganvas in PyTorch, with the conventions of Keras. Parameters keep the names, shapes and layout of the files
([in, out] for a dense kernel, channels last), so that reading and writing keeps every bit.
"""

import re

import torch
import torch.distributed
import torch.nn.functional as F
from ganvas_file import GanvasFileError, described_layers
from torch import nn

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": F.relu,
    "leakyRelu": lambda x: F.leaky_relu(x, 0.3),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "elu": F.elu,
    "exponential": torch.exp,
    "relu6": F.relu6,
    "selu": F.selu,
    "silu": F.silu,
    "swish": F.silu,
    "mish": F.mish,
    "softmax": lambda x: F.softmax(x, -1),
    "softplus": F.softplus,
    "softsign": F.softsign,
}
STATISTICS = ("moving_mean", "moving_variance")


def pair(value, default=1):
    """2, "2", [2, 3] and "2x3" or "2,3" as (height, width)."""
    value = default if value is None else value
    sides = [int(side) for side in re.findall(r"\d+", str(value))]
    return (sides[0], sides[0]) if len(sides) == 1 else tuple(sides)


class BatchNorm(nn.Module):
    """Batch mean and biased variance; moving = momentum moving + (1 - momentum) batch. With `synchronized`, the batch
    is that of all processes."""

    def __init__(self, config, weights):
        super().__init__()
        self.momentum = float(config.get("momentum", 0.99))
        self.epsilon = float(config.get("epsilon", 1e-3))
        self.synchronized = False
        for name, value in weights.items():
            if name in STATISTICS:
                self.register_buffer(name, value)
            else:
                setattr(self, name, nn.Parameter(value))

    def forward(self, x):
        if self.training:
            axes = tuple(range(x.dim() - 1))
            mean = self.over_processes(x.mean(axes))
            variance = self.over_processes((x - mean).square().mean(axes))
            with torch.no_grad():
                for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
                    moving.mul_(self.momentum).add_(value, alpha=1 - self.momentum)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        y = (x - mean) / (variance + self.epsilon).sqrt()
        if hasattr(self, "gamma"):
            y = y * self.gamma
        return y + self.beta if hasattr(self, "beta") else y

    def over_processes(self, value):
        if not self.synchronized:
            return value
        from torch.distributed.nn.functional import all_reduce

        return all_reduce(value) / torch.distributed.get_world_size()


class Weighted(nn.Module):
    """Dense, Conv2D and Conv2DTranspose: a kernel, a bias or none, an activation."""

    def __init__(self, config, weights):
        super().__init__()
        self.activation = ACTIVATIONS[config.get("activation", "linear")]
        self.strides = pair(config.get("strides"))
        self.same = config.get("padding", "valid") == "same"
        for name, value in weights.items():
            setattr(self, name, nn.Parameter(value))

    def forward(self, x):
        y = self.apply_kernel(x)
        return self.activation(y + self.bias if hasattr(self, "bias") else y)


class Dense(Weighted):
    def apply_kernel(self, x):
        return x @ self.kernel


class Conv2D(Weighted):
    def apply_kernel(self, x):
        x = x.permute(0, 3, 1, 2)
        if self.same:
            # Keras pads more at the bottom and the right; PyTorch would pad evenly.
            sides = []
            for side, size, stride in zip(x.shape[2:], self.kernel.shape[:2], self.strides):
                total = max((-(-side // stride) - 1) * stride + size - side, 0)
                sides = [total // 2, total - total // 2, *sides]
            x = F.pad(x, sides)
        return F.conv2d(x, self.kernel.permute(3, 2, 0, 1), stride=self.strides).permute(0, 2, 3, 1)


class Conv2DTranspose(Weighted):
    def apply_kernel(self, x):
        y = F.conv_transpose2d(x.permute(0, 3, 1, 2), self.kernel.permute(3, 2, 0, 1), stride=self.strides)
        # The whole result is cut, or filled with zeros where the stride is longer than the kernel.
        sides = []
        for before, whole, size, stride in zip(x.shape[1:3], y.shape[2:], self.kernel.shape[:2], self.strides):
            wanted = before * stride + (0 if self.same else max(size - stride, 0))
            start = max(whole - wanted, 0) // 2
            sides = [-start, wanted - whole + start, *sides]
        return F.pad(y, sides).permute(0, 2, 3, 1)


class Simple(nn.Module):
    """A layer without weights."""

    def __init__(self, apply):
        super().__init__()
        self.apply_to = apply

    def forward(self, x):
        return self.apply_to(x)


def without_weights(kind, config):
    if kind == "Activation":
        return Simple(ACTIVATIONS[config["activation"]])
    if kind == "LeakyReLU":
        slope = float(config.get("negativeSlope", 0.3))
        return Simple(lambda x: F.leaky_relu(x, slope))
    if kind == "ELU":
        alpha = float(config.get("alpha", 1))
        return Simple(lambda x: F.elu(x, alpha))
    if kind == "Flatten":
        return Simple(lambda x: x.reshape(len(x), -1))
    if kind == "Reshape":
        shape = config["targetShape"]
        return Simple(lambda x: x.reshape(len(x), *shape))
    if kind == "Dropout":
        return nn.Dropout(float(config["rate"]))
    if kind == "GlobalAveragePooling2D":
        return Simple(lambda x: x.mean((1, 2), keepdim=config.get("keepDims", False)))
    return None


WITH_WEIGHTS = {"BatchNormalization": BatchNorm, "Conv2D": Conv2D, "Conv2DTranspose": Conv2DTranspose, "Dense": Dense}


class GanvasModel(nn.Sequential):
    """The model `name` of a file: nn.Sequential with the layers of ganvas. Its state_dict has the names of ganvas."""

    def __init__(self, tensors, metadata, name):
        layers = []
        for place, (kind, config) in enumerate(described_layers(metadata, name)):
            prefix = f"{name}.{place}."
            own = [key for key in tensors if key.startswith(prefix)]
            weights = {key[len(prefix) :]: torch.from_numpy(tensors[key].copy()) for key in own}
            if kind in WITH_WEIGHTS:
                layers.append(WITH_WEIGHTS[kind](config, weights))
                continue
            layer = without_weights(kind, config)
            if layer is None:
                raise GanvasFileError(f"{name}: layer {place} is {kind}, which examples/pytorch does not have")
            layers.append(layer)
        super().__init__(*layers)
        self.name = name

    def named_arrays(self):
        """{name in the file: array} of all weights, moving statistics included."""
        return {f"{self.name}.{key}": value.detach().cpu().numpy() for key, value in self.state_dict().items()}

    def synchronize(self):
        """Lets the batch normalisations take the statistics of all processes."""
        for layer in self:
            if isinstance(layer, BatchNorm):
                layer.synchronized = True


class Adam:
    """Keras's Adam with the state of a checkpoint: epsilon is added to the square root before the bias corrections."""

    def __init__(self, model, tensors, metadata):
        option = f"configuration.{model.name}Optimizer."
        if metadata.get(option + "name") != "adam":
            raise GanvasFileError(f"{model.name}: the optimizer must be adam; got {metadata.get(option + 'name')}")
        self.prefix = f"{model.name}_optimizer."
        self.weights = dict(model.named_parameters())
        self.beta1, self.beta2, self.epsilon = (float(metadata[option + key]) for key in ("beta1", "beta2", "epsilon"))
        state = f"optimizers.{model.name}."
        self.rate = float(metadata.get(state + "learning_rate", metadata[option + "learningRate"]))
        self.time = int(metadata[state + "step"])
        self.slots = {
            slot: {name: self.slot(tensors, name, slot) for name in self.weights} for slot in ("m", "v")
        }

    def slot(self, tensors, name, slot):
        key = f"{self.prefix}{name}.{slot}"
        if key not in tensors:
            raise GanvasFileError(f"the checkpoint has no {key}")
        return torch.from_numpy(tensors[key].copy()).to(self.weights[name].device)

    @torch.no_grad()
    def step(self):
        self.time += 1
        rate = self.rate * (1 - self.beta2**self.time) ** 0.5 / (1 - self.beta1**self.time)
        for name, weight in self.weights.items():
            m, v = self.slots["m"][name], self.slots["v"][name]
            m.mul_(self.beta1).add_(weight.grad, alpha=1 - self.beta1)
            v.mul_(self.beta2).addcmul_(weight.grad, weight.grad, value=1 - self.beta2)
            weight.addcdiv_(m, v.sqrt().add_(self.epsilon), value=-rate)

    def named_arrays(self):
        return {
            f"{self.prefix}{name}.{slot}": value.cpu().numpy()
            for slot, values in self.slots.items()
            for name, value in values.items()
        }
