/**
 * The messages of an ONNX file that a network needs: a model holds a graph; a graph holds nodes in the order of their
 * computation, named tensors (initializers), inputs and outputs. Names and numbers of the fields are those of
 * onnx.proto (github.com/onnx/onnx), syntax proto2.
 */
import { RuntimeError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { littleEndianBytes } from '../io/little-endian.ts';
import { Message } from './protobuf.ts';

/**
 * The version of the operators. 13, of ONNX 1.8 (2020), is the first in which Softmax takes any axis. Whoever runs a
 * later version runs this one too.
 */
export const OPSET = 13;

/** The version of the file format that came with the operators. */
const IR_VERSION = 7;

/** Protocol Buffers limit a message to this many bytes. */
const MAX_BYTES = 2 ** 31 - 1;

/** The value of an attribute: a whole number or several, a text, or a number of type float. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export interface NodeProto {
  readonly name: string;
  readonly operator: string;
  /** Names of values; '' for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A named tensor: float32 values, or whole numbers as int64. */
export interface TensorProto {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array | readonly number[];
}

/** The input or the output: a batch of items. */
export interface BatchProto {
  readonly name: string;
  readonly items: Shape;
}

export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly tensors: readonly TensorProto[];
  readonly input: BatchProto;
  readonly output: BatchProto;
}

/** TensorProto.DataType */
const FLOAT = 1;
export const INT64 = 7;

/** The bytes of an ONNX file. Throws a RuntimeError if they were too many for one file. */
export function encodeModelProto(where: string, graph: GraphProto): Uint8Array<ArrayBuffer> {
  const message = new Message()
    .integer(1, IR_VERSION)
    .string(2, 'ganvas')
    .message(7, graphMessage(graph))
    // The operators of ONNX itself have the domain ''.
    .message(8, new Message().string(1, '').integer(2, OPSET));
  if (message.length > MAX_BYTES) {
    throw new RuntimeError(
      `${where}: the file would have ${message.length} bytes; an ONNX file with its weights inside has at most ` +
        `${MAX_BYTES}. Split the model into several.`,
    );
  }
  return message.toBytes();
}

function graphMessage({ name, nodes, tensors, input, output }: GraphProto): Message {
  const message = new Message();
  for (const node of nodes) message.message(1, nodeMessage(node));
  message.string(2, name);
  for (const tensor of tensors) message.message(5, tensorMessage(tensor));
  return message.message(11, batchMessage(input)).message(12, batchMessage(output));
}

function nodeMessage({ name, operator, inputs, output, attributes }: NodeProto): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input);
  message.string(2, output).string(3, name).string(4, operator);
  for (const [key, value] of Object.entries(attributes)) message.message(5, attributeMessage(key, value));
  return message;
}

/** AttributeProto: the value in the field of its type, and the type in field 20. */
function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.string(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const one of value) message.integer(8, one);
  return message.integer(20, 7);
}

function tensorMessage({ name, shape, values }: TensorProto): Message {
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  const isFloat = values instanceof Float32Array;
  const bytes = isFloat ? littleEndianBytes(values) : int64Bytes(values);
  return message
    .integer(2, isFloat ? FLOAT : INT64)
    .string(8, name)
    .bytes(9, bytes);
}

function int64Bytes(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setBigInt64(8 * i, BigInt(value), true);
  });
  return bytes;
}

/** ValueInfoProto: float32 tensors ['batch', ...items]. The name in place of a size says that any will do. */
function batchMessage({ name, items }: BatchProto): Message {
  const shape = new Message().message(1, new Message().string(2, 'batch'));
  for (const size of items) shape.message(1, new Message().integer(1, size));
  const tensor = new Message().integer(1, FLOAT).message(2, shape);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
