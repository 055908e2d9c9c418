/** Wrong calls of everything that turns tensors and pictures into bytes and back. */
import { tensor } from '../../src/autograd/tensor.ts';
import {
  ArgumentError as Argument,
  FormatError as Format,
  RuntimeError as Runtime,
  ShapeError as Shape,
} from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { type Calls, FREED, keepsData, type WrongCall } from './wrong-call.ts';

const { layers, sequential } = ganvas;

const x = tensor([1, 2]);
const data = Uint8Array.of(1, 2);
const pixels = Uint8Array.of(0, 1, 2, 3, 4, 5);
const samples = tensor([[[0.5, -0.5]]]);
const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
const unbuilt = sequential([layers.dense({ units: 1 })]);
const entry = { name: 'a', dtype: 'U8', shape: [2], bytes: data };
keepsData(x, data, pixels, samples, ...model.weights);

const notBytes = (expected = 'a Uint8Array or an ArrayBuffer'): WrongCall[] =>
  [undefined, null, 'bytes', [1, 2], new SharedArrayBuffer(8), new Float32Array(2)].map((value): WrongCall => {
    const got = '(undefined|null|"bytes"|\\[1, 2\\]|a SharedArrayBuffer|a Float32Array)';
    return [Argument, [value], new RegExp(`^bytes must be ${expected}; got ${got}`)];
  });
const WRONG_PICTURES: readonly WrongCall[] = [
  [Argument, ['pixels', 3, 2], /^pixels must be a Uint8Array with one or three bytes for each pixel; got "pixels"/],
  [Argument, [pixels, 0, 2], /^width must be a whole number from 1 to 2147483647; got 0/],
  [Argument, [pixels, 3, NaN], /^height must be .* got NaN/],
  [Argument, [pixels, -3, -2], /^width must be .* got -3/],
  [Shape, [pixels, 3, 3], /^pixels has 6 bytes; a picture of width 3 and height 3 needs 9/],
];

export const FILE_CALLS: Calls<typeof ganvas> = {
  parseIdx: [
    ...notBytes(),
    [Format, [new Uint8Array(3)], /^an IDX file has at least 4 bytes; got 3 \(at byte 3\)/],
    [
      Format,
      [Uint8Array.of(0, 0, 8, 1, 255, 255, 255, 255)],
      /^shape \[4294967295\] of uint8 takes 4294967295 bytes of values, but only 0 follow \(at byte 8\)/,
    ],
  ],
  encodeIdx: [
    [Argument, [null], /^array must be \{ type, shape, data \}; got null/],
    [Argument, ['idx'], /^array must be .* got "idx"/],
    [Argument, [{ type: 'unit8', shape: [2], data }], /^type must be one of .* got "unit8". Did you mean uint8\?/],
    [
      Argument,
      [{ type: 'uint8', shape: [], data }],
      /^shape must be a list of 1 to 8 whole numbers below 2\^32; got \[\]/,
    ],
    [Argument, [{ type: 'uint8', shape: [-2], data }], /^shape must be .* got \[-2\]/],
    [Argument, [{ type: 'uint8', shape: [0.5, 4], data }], /^shape must be .* got \[0.5, 4\]/],
    [Argument, [{ type: 'int8', shape: [2], data }], /^data must be of type Int8Array for int8; got a Uint8Array/],
    [Shape, [{ type: 'uint8', shape: [3], data }], /^shape \[3\] has 3 elements, but data \(a Uint8Array\) has 2/],
  ],
  encodePng: [
    ...WRONG_PICTURES,
    [
      Argument,
      [pixels, 3, 2, { compress: () => 'zlib' }],
      /^compress must be a function that returns a zlib stream as a Uint8Array; got "zlib"/,
    ],
  ],
  decodePng: [
    ...notBytes(),
    [Format, [data], /^a PNG begins with the bytes 89 50 4e 47 0d 0a 1a 0a; got 01 02 \(at byte 0\)/],
  ],
  encodeApng: [
    [Argument, [undefined, 3, 2], /^frames must be a list of at least one picture; got undefined/],
    [Argument, [[], 3, 2], /^frames must be .* got \[\]/],
    [Argument, [pixels, 3, 2], /^frames must be .* got a Uint8Array/],
    [Argument, [[pixels, null], 3, 2], /^frames\[1\] must be a Uint8Array with .* got null/],
    [Shape, [[pixels, data], 3, 2], /^frames\[1\] has 2 bytes; a picture of width 3 and height 2 needs 6/],
  ],
  imageGrid: [
    [Argument, [undefined], /^samples must be a tensor of shape \[n, height, width, 1 or 3\]; got undefined/],
    [Argument, [{ shape: 4, data: new Float32Array(1) }], /^samples.shape must be a list of sizes .* got 4/],
    [Argument, [{ shape: [1, 1, 1], data: [0] }], /^samples.data must be a Float32Array; got \[0\]/],
    [Shape, [x], /^samples have shape \[2\]; expected \[n, height, width, 1\]/],
    [
      Shape,
      [{ shape: [0, 2, 2], data: new Float32Array(0) }],
      /^samples have shape \[0, 2, 2\]; expected .* every size at least 1/,
    ],
    [Shape, [{ shape: [1, 1, 3, 2], data: new Float32Array(6) }], /^samples have shape \[1, 1, 3, 2\]/],
    [
      Argument,
      [{ shape: [1, 1, 1], data: Float32Array.of(NaN) }],
      /^samples.data\[0\] is NaN; expected values in \[-1, 1\]/,
    ],
  ],
  halfBlocks: WRONG_PICTURES,
  encodeSafetensors: [
    [Argument, [undefined], /^tensors must be an object or a Map from names to tensors; got undefined/],
    [Argument, [[x]], /^tensors must be .* got \[a Tensor\]/],
    [Argument, [{ a: [1, 2] }], /^the tensor "a" must be a Tensor; got \[1, 2\]/],
    [Runtime, [{ a: FREED }], /^the tensor "a": tensor: it was freed/],
    [Argument, [{ __metadata__: x }], /^a tensor's name must be anything but __metadata__/],
    [Argument, [{ '\ud800': x }], /^a tensor's name must be a string without half a surrogate pair/],
    [Argument, [{ a: x }, { epoch: 12 }], /^metadata "epoch" must be a string .* got 12/],
    [Argument, [{ a: x }, 'note'], /^metadata must be an object whose values are strings; got "note"/],
  ],
  decodeSafetensors: [...notBytes(), [Format, [data], /^not a safetensors file: 2 bytes are too few/]],
  encodeTensorFile: [
    [Argument, [undefined], /^entries must be a list of \{ name, dtype, shape, bytes \}; got undefined/],
    [Argument, ['entries'], /^entries must be .* got "entries"/],
    [Argument, [[null]], /^entries\[0\] must be an object .* got null/],
    [Argument, [[{ ...entry, name: 5 }]], /^a tensor's name must be a string .* got 5/],
    [Argument, [[entry, entry]], /^tensors' names must be distinct; got "a"/],
    [Argument, [[{ ...entry, dtype: 'float32' }]], /^the dtype of the tensor "a" must be one of .* got "float32"/],
    [Argument, [[{ ...entry, shape: undefined }]], /^the shape of the tensor "a" must be .* got undefined/],
    [Argument, [[{ ...entry, shape: [-2] }]], /^the shape of the tensor "a" must be .* got \[-2\]/],
    [
      Argument,
      [[{ ...entry, shape: [3] }]],
      /^the bytes of the tensor "a" must be 3, as its shape and dtype say; got 2/,
    ],
    [Argument, [[{ ...entry, bytes: [1, 2] }]], /^the bytes of the tensor "a" must be a Uint8Array; got \[1, 2\]/],
  ],
  decodeTensorFile: [...notBytes('a Uint8Array'), [Format, [new Uint8Array(8)], /^.*\(at byte \d+\)/]],
  encodeOnnx: [
    [Argument, [undefined], /^model must be a model; got undefined. Make one with sequential/],
    [Argument, [{ generator: model }], /^model must be a model; got \{ generator \}/],
    [Runtime, [unbuilt], /is not built yet and has no weights/],
  ],
  encodeNpy: [undefined, null, 5, [1, 2], data].map(
    (value): WrongCall => [Argument, [value], /^x must be a Tensor; got (undefined|null|5|\[1, 2\]|a Uint8Array)/],
  ),
  decodeNpy: [...notBytes(), [Format, [data], /^a .npy file begins with/]],
  encodeNpz: [
    [Argument, [undefined], /^tensors must be an object of tensors by name; got undefined/],
    [Argument, [[x]], /^tensors must be an object of tensors by name; got \[a Tensor\]/],
    [Argument, [x], /^tensors must be an object of tensors by name; got a Tensor/],
    [Argument, [{ a: 5 }], /^the tensor "a" must be a Tensor; got 5/],
    [Runtime, [{ a: FREED }], /^the tensor "a": tensor: it was freed/],
  ],
  decodeNpz: [...notBytes(), [Format, [data], /^it is no zip archive, or its end is missing/]],
  encodeModels: [
    [Argument, [undefined], /^models must be an object of models by name; got undefined/],
    [Argument, [model], /^models must be .* Write \{ generator \}, not generator/],
    [Argument, [{ generator: x }], /^describeModel: model must be a model; got a Tensor/],
    [Runtime, [{ generator: unbuilt }], /^describeModel: sequential is not built yet/],
    [Argument, [{ generator: model }, 'note'], /^metadata must be an object of strings; got "note"/],
    [Argument, [{ generator: model }, { 'ganvas.models': '' }], /^metadata must not have the key ganvas.models/],
  ],
  decodeModels: [
    ...notBytes(),
    [Format, [data], /^not a safetensors file: 2 bytes are too few/],
    [Format, [ganvas.encodeWeights({ model })], /^the file has weights alone/],
  ],
  describeModel: [
    ...[undefined, null, 5, 'model', x].map(
      (value): WrongCall => [Argument, [value], /^model must be a model; got (undefined|null|5|"model"|a Tensor)/],
    ),
    [Runtime, [unbuilt], /^sequential is not built yet/],
  ],
  modelFrom: [
    [Argument, [undefined], /^description must be what describeModel\(\) returned; got undefined/],
    [Argument, [model], /^description must be what describeModel\(\) returned; got/],
    [Argument, [[]], /^description must be .* got \[\]/],
    [Format, [{}], /^format must be "ganvas-model", got nothing/],
    [Format, [{ ...ganvas.describeModel(model), version: '1' }], /^version must be 1, got "1"/],
  ],
  encodeWeights: [
    [
      Argument,
      [{ g: { namedWeights: new Map([['0.kernel', x]]), inputShape: [2] } }],
      /^models.g: the weight "0.kernel" must be a variable; got a Tensor/,
    ],
    [Argument, [undefined], /^models must be an object of models by name; got undefined. The models come first/],
    [Argument, [[model]], /^models must be .* got \[/],
    [Argument, [model], /^models must be .* Write \{ generator \}, not generator/],
    [Argument, [{ generator: x }], /^models.generator must be a model; got a Tensor/],
    [
      Runtime,
      [{ generator: unbuilt }],
      /^generator is not built yet and has no weights. Give its first layer an inputShape/,
    ],
    [Argument, [{ generator: model }, { epoch: 1 }], /^metadata "epoch" must be a string .* got 1/],
  ],
  loadWeights: [
    [Argument, [model, {}], /^models must be an object of models by name/],
    [Argument, [{ g: 5 }, {}], /^models.g must be a model; got 5/],
    [
      Argument,
      [{ g: model }, undefined],
      /^source must be the bytes of a safetensors file or an object of tensors by name; got undefined/,
    ],
    [Argument, [{ g: model }, x], /^source must be .* got a Tensor/],
    [Argument, [{ g: model }, { 'g.0.kernel': [1, 2] }], /^source\["g.0.kernel"\] must be a Tensor; got \[1, 2\]/],
    [
      Argument,
      [{ g: model }, { 'g.0.kernel': x, other: x }],
      /^the weights are not those of these models: missing: g.0.bias; unexpected: other; misshapen: g.0.kernel \(\[2\] instead of \[2, 1\]\). Nothing was loaded/,
    ],
    [Format, [{ g: model }, data], /^not a safetensors file/],
    [Runtime, [{ g: unbuilt }, {}], /^g is not built yet/],
  ],
};
