import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { asArray, asObject, asString, type JsonObject, objectsIn, stringsIn } from '../objects.ts'

/** What kubectl accepts /openapi/v2 in, and nothing else. */
export const openApiV2Type = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

/**
 * An OpenAPI 2 document, as /openapi/v2 has it in JSON, in the protobuf that kubectl reads: the message Document of
 * openapiv2/OpenAPIv2.proto of github.com/google/gnostic-models. Of schemas, paths and parameters only those parts
 * that openapi.ts makes.
 */
export function encodeOpenApiV2(document: JsonObject): Uint8Array {
  const writer = new BinaryWriter()
  text(writer, 1, document.swagger)
  nested(writer, 2, () => {
    text(writer, 1, asObject(document.info).title)
    text(writer, 2, asObject(document.info).version)
  })
  nested(writer, 8, () => named(writer, 2, document.paths, writePathItem))
  nested(writer, 9, () => named(writer, 1, document.definitions, writeSchema))
  return writer.finish()
}

type Write = (writer: BinaryWriter, value: JsonObject) => void

function nested(writer: BinaryWriter, number: number, write: () => void): void {
  writer.tag(number, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

function text(writer: BinaryWriter, number: number, value: unknown): void {
  if (typeof value === 'string') writer.tag(number, WireType.LengthDelimited).string(value)
}

/** Each entry as a message of its name and its value. */
function named(writer: BinaryWriter, number: number, entries: unknown, write: Write): void {
  for (const [name, value] of Object.entries(asObject(entries))) {
    nested(writer, number, () => {
      text(writer, 1, name)
      nested(writer, 2, () => write(writer, asObject(value)))
    })
  }
}

/** Fields that are marks of Kubernetes, their values as YAML, of which JSON is a part. */
function extensions(writer: BinaryWriter, number: number, value: JsonObject): void {
  for (const [name, content] of Object.entries(value)) {
    if (!name.startsWith('x-')) continue
    nested(writer, number, () => {
      text(writer, 1, name)
      nested(writer, 2, () => text(writer, 2, JSON.stringify(content)))
    })
  }
}

function writePathItem(writer: BinaryWriter, { patch }: JsonObject): void {
  if (patch !== undefined) nested(writer, 8, () => writeOperation(writer, asObject(patch)))
}

function writeOperation(writer: BinaryWriter, operation: JsonObject): void {
  text(writer, 5, operation.operationId)
  for (const parameter of objectsIn(operation.parameters)) {
    nested(writer, 8, () => nested(writer, 1, () => nested(writer, 2, () => writeQueryParameter(writer, parameter))))
  }
  nested(writer, 9, () => {})
  extensions(writer, 13, operation)
}

function writeQueryParameter(writer: BinaryWriter, { name, type }: JsonObject): void {
  nested(writer, 3, () => {
    text(writer, 2, 'query')
    text(writer, 4, name)
    text(writer, 6, type)
    writer.tag(20, WireType.Varint).bool(true)
  })
}

function writeSchema(writer: BinaryWriter, schema: JsonObject): void {
  text(writer, 1, schema.$ref)
  text(writer, 2, schema.format)
  for (const name of stringsIn(schema.required)) text(writer, 19, name)
  for (const value of asArray(schema.enum)) nested(writer, 20, () => text(writer, 2, JSON.stringify(value)))
  const { additionalProperties, type, items, properties } = schema
  if (additionalProperties !== undefined) {
    nested(writer, 21, () => nested(writer, 1, () => writeSchema(writer, asObject(additionalProperties))))
  }
  if (type !== undefined) nested(writer, 22, () => text(writer, 1, asString(type)))
  if (items !== undefined) nested(writer, 23, () => nested(writer, 1, () => writeSchema(writer, asObject(items))))
  if (properties !== undefined) nested(writer, 25, () => named(writer, 1, properties, writeSchema))
  extensions(writer, 31, schema)
}
