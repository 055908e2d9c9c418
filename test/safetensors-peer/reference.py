"""Runs the reference implementation for check.ts, and made test/io/fixtures/reference.safetensors.

    python3 reference.py write FILE    writes the tensors below with safetensors
    python3 reference.py verify FILE   reads FILE with safetensors and compares it with them, bit for bit

Needs the Python packages safetensors (0.8.0 wrote the fixture) and numpy. Element i of a tensor is i in unsigned types,
i - 3 in signed types, (i - 3) / 4 in floating types, and whether i is odd in BOOL.
"""

import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file

METADATA = {"made by": 'the "reference"\n\\ implementation é\U0001f600'}


def values(dtype, shape):
    kind = numpy.dtype(dtype).kind
    i = numpy.arange(int(numpy.prod(shape))).reshape(shape)
    if kind == "b":
        return i % 2 == 1
    # asarray, because NumPy turns arithmetic on an array of rank 0 into a number.
    return numpy.asarray(i if kind == "u" else (i - 3) / 4 if kind == "f" else i - 3, dtype)


TENSORS = {
    "bool": values("bool", (5,)),
    "uint8": values("uint8", (3,)),
    "int8": values("int8", (7,)),
    "uint16": values("uint16", (2, 2)),
    "int16": values("int16", (5,)),
    "float16": values("float16", (3, 3)),
    "uint32": values("uint32", (3,)),
    "int32": values("int32", (5,)),
    "float32": values("float32", (2, 3, 4)),
    "uint64": values("uint64", (2,)),
    "int64": values("int64", (5,)),
    "float64": values("float64", (5,)),
    "scalar": values("float32", ()),
    "empty": values("float32", (0, 4)),
    # Names whose order in UTF-16 units differs from that of their code points, or that mean something to JavaScript.
    "\uffee": values("float32", (1,)),
    "\U0001f600": values("float32", (2,)),
    "__proto__": values("float32", (3,)),
    "10": values("float32", (1,)),
    "9": values("float32", (1,)),
    'quote " \\ \n\x01\x7f': values("float32", (1,)),
}

if __name__ == "__main__":
    command, path = sys.argv[1:]
    if command == "write":
        save_file(TENSORS, path, metadata=METADATA)
    elif command == "verify":
        with safe_open(path, framework="numpy") as file:
            assert file.metadata() == METADATA, file.metadata()
            assert sorted(file.keys()) == sorted(TENSORS), list(file.keys())
            for name, expected in TENSORS.items():
                got = file.get_tensor(name)
                assert got.dtype == expected.dtype and got.shape == expected.shape, (name, got.dtype, got.shape)
                assert got.tobytes() == expected.tobytes(), (name, got, expected)
        print(f"{len(TENSORS)} tensors read by the reference implementation")
    else:
        sys.exit(__doc__)
