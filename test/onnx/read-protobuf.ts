/** A reader of Protocol Buffers, written against the format only, and of the parts of ONNX files that tests look at. */

/** The values of each field, by its number: whole numbers, bytes, or the four bytes of a float. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

export function readMessage(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error(`no end of the varint before byte ${at}`);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new Error(`${count} bytes at ${at}, of ${bytes.length}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const type = key & 7;
    if (type !== 0 && type !== 2 && type !== 5) throw new Error(`wire type ${type} before byte ${at}`);
    const value = type === 0 ? varint() : take(type === 5 ? 4 : Number(varint()));
    const values = fields.get(key >> 3) ?? [];
    fields.set(key >> 3, [...values, value]);
  }
  return fields;
}

const messages = (fields: Fields, field: number): Fields[] =>
  (fields.get(field) ?? []).map((one) => readMessage(one as Uint8Array));
const texts = (fields: Fields, field: number): string[] =>
  (fields.get(field) ?? []).map((one) => new TextDecoder().decode(one as Uint8Array));
const integers = (fields: Fields, field: number): number[] => (fields.get(field) ?? []).map(Number);

export interface OnnxModel {
  readonly versions: { readonly format: number | undefined; readonly operators: readonly (number | undefined)[] };
  readonly name: string | undefined;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>;
  readonly inputs: readonly OnnxBatch[];
  readonly outputs: readonly OnnxBatch[];
}

interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | number[]>>;
}

interface OnnxBatch {
  readonly name: string;
  readonly shape: readonly (string | number)[];
}

/** A model file: numbers of the fields as in onnx.proto. */
export function readModel(file: Uint8Array): OnnxModel {
  const model = readMessage(file);
  const graph = messages(model, 7)[0]!;
  return {
    versions: { format: integers(model, 1)[0], operators: messages(model, 8).map((one) => integers(one, 2)[0]) },
    name: texts(graph, 2)[0],
    nodes: messages(graph, 1).map((node) => ({
      operator: texts(node, 4)[0]!,
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(messages(node, 5).map((one) => [texts(one, 1)[0]!, readAttribute(one)])),
    })),
    tensors: new Map(
      messages(graph, 5).map((tensor) => {
        const raw = (tensor.get(9)![0] as Uint8Array).slice().buffer;
        const values =
          integers(tensor, 2)[0] === 1 ? [...new Float32Array(raw)] : [...new BigInt64Array(raw)].map(Number);
        return [texts(tensor, 8)[0]!, { shape: integers(tensor, 1), values }];
      }),
    ),
    inputs: messages(graph, 11).map(readBatch),
    outputs: messages(graph, 12).map(readBatch),
  };
}

/** The value in the field of the attribute's type. */
function readAttribute(attribute: Fields): number | string | number[] {
  const type = integers(attribute, 20)[0];
  if (type === 1) return new DataView((attribute.get(2)![0] as Uint8Array).slice().buffer).getFloat32(0, true);
  if (type === 2) return integers(attribute, 3)[0]!;
  if (type === 3) return texts(attribute, 4)[0]!;
  if (type === 7) return integers(attribute, 8);
  throw new Error(`an attribute of type ${type}`);
}

function readBatch(info: Fields): OnnxBatch {
  const tensor = messages(messages(info, 2)[0]!, 1)[0]!;
  const shape = messages(messages(tensor, 2)[0]!, 1).map((one) => texts(one, 2)[0] ?? integers(one, 1)[0]!);
  return { name: texts(info, 1)[0]!, shape };
}
