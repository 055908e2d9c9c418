"""Files of ganvas without its library: safetensors, and checkpoints with their checksum (src/training/seal.ts).

A file is 8 bytes with the length of the header, a header in JSON, and the elements of the tensors, little-endian.
"""

import json
import os
import re
import struct
import tempfile

import numpy

DTYPES = {"F32": "<f4", "F64": "<f8"}
MASK = 0xFFFFFFFF
PRIMES = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)
CHECKSUM = b'{"__metadata__":{"checksum":"'
CHECKSUM_END = 8 + len(CHECKSUM) + 16


class GanvasFileError(ValueError):
    """The bytes are not a file that ganvas writes, or it does not fit the model."""


def read(path):
    """({name: array}, {metadata}) of a safetensors file; the arrays are copies. A checkpoint's checksum is compared."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            if not 0 <= start <= end <= len(data) - 8 - length:
                raise ValueError(f"the tensor {name} lies outside of the file")
            values = numpy.frombuffer(data[8 + length + start : 8 + length + end], DTYPES[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"]).copy()
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GanvasFileError(f"{path}: not a safetensors file of ganvas: {error}") from error
    if "checksum" in metadata and metadata["checksum"] != checksum(data):
        raise GanvasFileError(f"{path}: the checkpoint is damaged: its checksum differs")
    return tensors, metadata


def write(path, tensors, metadata):
    """Writes a file whole or not at all. A checkpoint, whose metadata begin with `checksum`, gets a new one."""
    header, parts, offset = {"__metadata__": metadata}, [], 0
    # Doubles first, so that all elements are aligned.
    for name, values in sorted(tensors.items(), key=lambda item: (item[1].dtype.itemsize != 8, item[0])):
        dtype = "F64" if values.dtype.itemsize == 8 else "F32"
        data = numpy.ascontiguousarray(values, DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    data = bytearray(struct.pack("<Q", len(text)) + text + b"".join(parts))
    if data[8:].startswith(CHECKSUM):
        data[8 + len(CHECKSUM) : CHECKSUM_END] = checksum(data).encode()
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".writing-", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, path)


def checksum(data):
    """16 hexadecimal digits: two XXH32 of all behind the checksum, seeded with the length of the header."""
    (seed,) = struct.unpack_from("<I", data)
    rest = bytes(data[CHECKSUM_END:])
    return f"{xxh32(rest, seed):08x}{xxh32(rest, seed ^ PRIMES[2]):08x}"


def xxh32(data, seed):
    """Source: Y. Collet, "xxHash fast digest algorithm", version 0.1.1. It takes about 0.5 s for a megabyte."""
    p1, p2, p3, p4, p5 = PRIMES

    def rotate(word, by):
        return ((word << by) | (word >> (32 - by))) & MASK

    words = numpy.frombuffer(data, "<u4", len(data) // 4).tolist()
    at = 0
    if len(data) >= 16:
        lanes = [seed + p1 + p2, seed + p2, seed, seed - p1]
        at = len(data) // 16 * 4
        for i, lane in enumerate(lanes):
            lane &= MASK
            for word in words[i:at:4]:
                lane = (lane + word * p2) & MASK
                lane = (((lane << 13) | (lane >> 19)) & MASK) * p1 & MASK
            lanes[i] = lane
        value = sum(rotate(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18)))
    else:
        value = seed + p5
    value = (value + len(data)) & MASK
    for word in words[at:]:
        value = rotate((value + word * p3) & MASK, 17) * p4 & MASK
    for byte in data[len(words) * 4 :]:
        value = rotate((value + byte * p5) & MASK, 11) * p1 & MASK
    value = (value ^ (value >> 15)) * p2 & MASK
    value = (value ^ (value >> 13)) * p3 & MASK
    return value ^ (value >> 16)


def described_layers(metadata, name):
    """[(kind, settings)] of a model: from the description of saveModel(), or from the configuration of a checkpoint."""
    if "ganvas.models" in metadata:
        models = json.loads(metadata["ganvas.models"])
        if name not in models:
            raise GanvasFileError(f"the file has no model {name}; it has {', '.join(models)}")
        return [(layer["kind"], layer["config"]) for layer in models[name]["layers"]]
    layers = []
    while (text := metadata.get(f"configuration.{name}.layers.{len(layers)}")) is not None:
        kind, shape, settings = re.fullmatch(r"(\w+) \[([\d, ]*)\](.*)", text).groups()
        # A pair is written as `2 x 2`.
        names = re.sub(r"(\d+) x (\d+)", r"\1x\2", settings).split()
        config = dict(zip(names[::2], names[1::2]))
        if kind == "Reshape":
            config["targetShape"] = [int(side) for side in shape.split(",")]
        layers.append((kind, config))
    if not layers:
        raise GanvasFileError(f"the file does not say which layers {name} has; saveModel() and checkpoints do")
    return layers
