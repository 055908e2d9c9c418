"""Compares outputs of models in PyTorch with those of ganvas, and writes each file back: python3 outputs.py FOLDER"""

import glob
import os
import sys

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../examples/pytorch"))
from ganvas_file import read, write  # noqa: E402
from ganvas_model import GanvasModel  # noqa: E402

folder = sys.argv[1]
for outputs in sorted(glob.glob(os.path.join(folder, "*-outputs.safetensors"))):
    name = os.path.basename(outputs).split("-")[0]
    tensors, metadata = read(os.path.join(folder, f"{name}.safetensors"))
    expected, _ = read(outputs)
    model = GanvasModel(tensors, metadata, name).eval()
    with torch.no_grad():
        y = model(torch.from_numpy(expected["x"])).numpy()
    # Float32 sums of up to 784 products in two orders; 1e-6 of the largest output, or of 1.
    difference = numpy.abs(y - expected["y"]).max() / max(1, numpy.abs(expected["y"]).max())
    print(f"{name}: outputs differ by {difference:.2e}")
    if y.shape != expected["y"].shape or not difference <= 1e-6:
        sys.exit(f"{name}: expected {expected['y'].shape} and at most 1e-6")
    write(os.path.join(folder, f"{name}-back.safetensors"), {**tensors, **model.named_arrays()}, metadata)
