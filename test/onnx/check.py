"""Checks ONNX files by onnx.checker, with the inference of all shapes, which must agree with the file's output."""

import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    assert inferred.graph.output == model.graph.output, path
print(f"onnx.checker {onnx.__version__}: {len(sys.argv) - 1} files are valid")
