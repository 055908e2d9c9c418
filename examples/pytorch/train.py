"""Goes on with a checkpoint of `npm run train` in PyTorch, on as many processes and machines as torchrun starts.

    torchrun --nproc-per-node 2 examples/pytorch/train.py CHECKPOINT --data FOLDER --epochs 20 --out NEW_CHECKPOINT

Model, order of the images, noise, losses and updates are those of trainGan; roundings are not. ganvas resumes from what
it writes. It takes the non-saturating loss and Adam, with or without the penalties r1 and r1r2 and averaged weights, so
the default training of the compact pair too; not labels, augmentation, other losses or dropout. The processes share
each batch; they must divide the batch size. The last, smaller batch loses the images that do not divide. Without
--sync-batch-norm each process normalises by its own part of the batch.
"""

import argparse
import gzip
import os
import re
import sys

import numpy
import torch
import torch.distributed as dist
import torch.nn.functional as F
from ganvas_file import GanvasFileError, read, write
from ganvas_model import Adam, BatchNorm, GanvasModel
from ganvas_random import Random
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils.stateless import functional_call

# What trainGan writes for its defaults; other values would be another training.
PLAIN = {"loss": "nonSaturating", "labelSmoothing": "0"}
PLAIN_NAMES = re.compile(
    r"loss|labelSmoothing|emaMomentum|batchSize|latentDim|sampleCount|seed|images\.\w+|gradientPenalty\.\w+"
    r"|(generator|discriminator)(Optimizer)?\..*"
)


class Step(nn.Module):
    """Both losses of one batch: D(real), G(noise), D(G(noise)), as trainGan computes them. The gradient of the sum
    gives each network the gradient of its own loss."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator

    def forward(self, real, noise, real_scale, fake_scale):
        if real_scale > 0:
            real.requires_grad_()
        real_logits = self.discriminator(real)
        fake = self.generator(noise)
        # A constant discriminator for the generator's loss. It works on copies: its statistics do not move here.
        state = {name: value.detach().clone() for name, value in self.discriminator.state_dict().items()}
        generator_loss = F.softplus(-functional_call(self.discriminator, state, fake)).mean()
        fake_images = fake.detach()
        if fake_scale > 0:
            fake_images.requires_grad_()
        fake_logits = self.discriminator(fake_images)
        discriminator_loss = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
        penalty = torch.zeros((), device=real.device)
        if real_scale > 0:
            penalty = penalty + real_scale * squared_slope(real_logits, real)
        if fake_scale > 0:
            penalty = penalty + fake_scale * squared_slope(fake_logits, fake_images)
        return generator_loss, discriminator_loss, penalty


def squared_slope(logits, images):
    """The mean over the images of |g|^2, g the gradient of the sum of the logits with respect to an image."""
    (slope,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return slope.square().sum() / len(images)


def check_plain(metadata):
    if metadata.get("format") != "ganvas checkpoint" or metadata.get("version") != "2":
        raise GanvasFileError("the file is no checkpoint of ganvas, version 2")
    if metadata["columns"] not in (
        "generatorLoss,discriminatorLoss,seconds",
        "generatorLoss,discriminatorLoss,gradientPenalty,seconds",
    ):
        raise GanvasFileError(f"the training has the columns {metadata['columns']}; train.py knows losses and penalty")
    kind = metadata.get("configuration.gradientPenalty.kind", "r1")
    if kind not in ("r1", "r1r2"):
        raise GanvasFileError(f"the training has the penalty {kind}; train.py knows r1 and r1r2")
    for key, value in metadata.items():
        name = key.removeprefix("configuration.")
        if name == key:
            continue
        if not PLAIN_NAMES.fullmatch(name) or PLAIN.get(name, value) != value:
            raise GanvasFileError(f"the training has {name} {value}, which examples/pytorch/train.py does not have")
        if re.match(r"\w+\.layers\.\d+$", name) and "Dropout" in value:
            raise GanvasFileError(f"{name} is {value}: the masks of dropout cannot be drawn again in PyTorch")


def load_images(path, metadata):
    """The images as bytes [count, height, width, channels], from an IDX file or a folder with one of MNIST's name."""
    shape = [int(side) for side in re.findall(r"\d+", metadata["configuration.images.itemShape"])]
    count = int(metadata["configuration.images.count"])
    names = ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "images-idx3-ubyte.gz"]
    files = [path] if os.path.isfile(path) else [os.path.join(path, name) for name in names]
    file = next((one for one in files if os.path.isfile(one)), None)
    if file is None:
        raise GanvasFileError(f"{path} has no images; expected an IDX file, or a folder with one of {', '.join(names)}")
    with gzip.open(file) if file.endswith(".gz") else open(file, "rb") as opened:
        data = opened.read()
    pixels = numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3])
    size = int(numpy.prod(shape))
    if len(pixels) < count * size:
        raise GanvasFileError(f"{file} has {len(pixels) // size} images of {shape}; the training has {count}")
    return torch.from_numpy(pixels[: count * size].reshape(count, *shape).copy())


class Training:
    def __init__(self, path, images, synchronized, device):
        self.tensors, self.metadata = read(path)
        check_plain(self.metadata)
        self.images = load_images(images, self.metadata)
        self.rank, self.world = dist.get_rank(), dist.get_world_size()
        self.device = device
        self.batch_size = self.number("configuration.batchSize")
        if self.batch_size % self.world != 0:
            raise GanvasFileError(f"{self.world} processes do not divide batches of {self.batch_size}")
        self.networks = [
            GanvasModel(self.tensors, self.metadata, name).to(device) for name in ("generator", "discriminator")
        ]
        if synchronized:
            for network in self.networks:
                network.synchronize()
        self.penalized = "configuration.gradientPenalty.kind" in self.metadata
        if self.penalized and any(isinstance(layer, BatchNorm) for layer in self.networks[1]):
            raise GanvasFileError("train.py has no penalty for a discriminator with batch normalisation")
        self.optimizers = [Adam(network, self.tensors, self.metadata) for network in self.networks]
        self.step = DistributedDataParallel(Step(*self.networks).train(), broadcast_buffers=False)
        self.epoch, self.done = self.number("epoch"), self.number("step")
        self.random, self.epoch_random = self.state("random"), self.state("epoch_random")
        self.sums = self.tensors["epoch_sums"].copy()

    def number(self, key):
        return int(self.metadata[key])

    def state(self, name):
        return Random(*(self.number(f"{name}.{part}") for part in ("seed", "stream", "block")))

    def part(self, batch):
        """This process's part of a batch. A batch that does not divide loses its last images."""
        size = len(batch) // self.world
        return batch[self.rank * size : (self.rank + 1) * size]

    def run_epoch(self, most=None):
        """Runs the rest of the epoch, or `most` steps of it, and returns whether the epoch is finished."""
        latent = self.number("configuration.latentDim")
        count = len(self.images)
        # Within an epoch the order is drawn again from the state before it.
        order = (self.random if self.done == 0 else self.state("epoch_random")).permutation(count)
        steps = -(-count // self.batch_size)
        for _ in range(steps - self.done if most is None else min(most, steps - self.done)):
            start = self.done * self.batch_size
            places = self.part(order[start : start + self.batch_size])
            real = (self.images[places].to(self.device).float() - 127.5) / 127.5
            noise = self.part(self.random.normal(self.batch_size, latent)).to(self.device)
            self.train_batch(real, noise, *self.penalty_scales((self.epoch - 1) * steps + self.done))
            self.done += 1
        if self.done < steps:
            return False
        # The means of the losses and the penalty, and the sum of the seconds.
        means = self.sums / [*[steps] * (len(self.sums) - 1), 1]
        self.tensors["history"] = numpy.concatenate([self.tensors["history"], [means]])
        self.sums[:] = 0
        self.epoch, self.done = self.epoch + 1, 0
        self.epoch_random = Random(self.random.seed, self.random.stream, self.random.block)
        self.metadata.update(self.epoch_random.metadata("epoch_random"))
        return True

    def penalty_scales(self, steps_done):
        """The factors of the slopes at real and at generated images in this step: weight every / 2 in each k-th."""
        every = float(self.metadata.get("configuration.gradientPenalty.every", 1))
        if not self.penalized or steps_done % every != 0:
            return 0, 0
        scale = float(self.metadata["configuration.gradientPenalty.weight"]) * every / 2
        return scale, scale if self.metadata["configuration.gradientPenalty.kind"] == "r1r2" else 0

    def train_batch(self, real, noise, real_scale, fake_scale):
        for network in self.networks:
            network.zero_grad(set_to_none=True)
        losses = self.step(real, noise, real_scale, fake_scale)
        sum(losses).backward()
        measures = torch.stack([loss.detach() for loss in losses])
        dist.all_reduce(measures)
        measures = (measures / self.world).tolist()
        if not numpy.isfinite(measures).all():
            raise GanvasFileError(f"a loss is not finite: {measures}; the last checkpoint is unchanged")
        for optimizer in self.optimizers:
            optimizer.step()
        self.move_average()
        known = len(self.sums) - 1
        self.sums[:known] += measures[:known]

    def move_average(self):
        momentum = self.metadata.get("configuration.emaMomentum")
        if momentum is None:
            return
        time = self.optimizers[0].time
        share = min(float(momentum), (1 + time) / (10 + time))
        for name, value in self.networks[0].named_arrays().items():
            key = name.replace("generator.", "generator_average.", 1)
            self.tensors[key] = (share * self.tensors[key] + (1 - share) * value).astype(numpy.float32)

    def share_statistics(self):
        """The moving statistics of the processes differ without synchronisation: their mean is saved."""
        for network in self.networks:
            for layer in network:
                if isinstance(layer, BatchNorm):
                    for value in (layer.moving_mean, layer.moving_variance):
                        dist.all_reduce(value)
                        value /= self.world

    def save(self, path):
        self.share_statistics()
        if self.rank != 0:
            return
        for network, optimizer in zip(self.networks, self.optimizers):
            self.tensors.update(network.named_arrays())
            self.tensors.update(optimizer.named_arrays())
            self.metadata[f"optimizers.{network.name}.step"] = str(optimizer.time)
        self.tensors["epoch_sums"] = self.sums
        self.metadata.update({"epoch": str(self.epoch), "step": str(self.done), **self.random.metadata("random")})
        write(path, self.tensors, self.metadata)


def main():
    parser = argparse.ArgumentParser(description="Goes on with a checkpoint of ganvas in PyTorch.")
    parser.add_argument("checkpoint")
    parser.add_argument("--data", required=True, help="an IDX file of the images, or the folder of MNIST")
    parser.add_argument("--out", required=True, help="the checkpoint to write, after each epoch and at the end")
    parser.add_argument("--epochs", type=int, required=True, help="the last epoch, counted from the training's first")
    parser.add_argument("--steps", type=int, help="end after so many steps")
    parser.add_argument("--sync-batch-norm", action="store_true", help="normalise by the whole batch")
    given = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if cuda else "gloo")
    left = given.steps
    training = None
    try:
        training = Training(given.checkpoint, given.data, given.sync_batch_norm, device)
        while training.epoch <= given.epochs and left != 0:
            before = training.optimizers[1].time
            epoch = training.epoch
            finished = training.run_epoch(left)
            left = None if left is None else left - (training.optimizers[1].time - before)
            training.save(given.out)
            if finished and training.rank == 0:
                generator, discriminator, *_ = training.tensors["history"][-1]
                print(f"epoch {epoch}  generator {generator:.4f}  discriminator {discriminator:.4f}", flush=True)
    except GanvasFileError as error:
        sys.exit(f"train.py: {error}")
    except RuntimeError as error:
        # Gloo and NCCL report a lost process as one of these.
        last = given.out if os.path.exists(given.out) else given.checkpoint
        sys.exit(f"train.py: a process was lost or failed: {error}\nGo on from the last checkpoint: {last}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
