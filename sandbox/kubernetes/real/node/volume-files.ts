import { asArray, asString, at, isObject, type JsonObject, objectsIn } from '../../objects.ts'
import { fieldOf } from './fields.ts'
import type { Contents, Reader } from './reader.ts'

/** Of a volume, by path below it. */
export type Files = ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }>

/** What the files of a pod's volumes are made from. */
export interface VolumeSources {
  readonly pod: JsonObject
  readonly reader: Reader
  /** A token for the pod's service account, as a projected volume asks for it. */
  token(source: JsonObject): Promise<string>
}

/**
 * What lies in the volume now; undefined for one that the container writes itself.
 *
 * @throws Error in a node's words when a Secret, a ConfigMap or a key of one is not there
 */
export async function filesOf(volume: JsonObject, sources: VolumeSources): Promise<Files | undefined> {
  if (isObject(volume.emptyDir)) return undefined
  const source = volume.secret ?? volume.configMap ?? volume.projected ?? volume.downwardAPI
  if (!isObject(source))
    throw new Error(`the sandbox's nodes have no volumes such as ${Object.keys(volume).join(', ')}`)
  const parts = isObject(volume.projected) ? objectsIn(at(volume, 'projected', 'sources')) : [volume]
  const contents = (await Promise.all(parts.map((part) => contentsOf(part, sources)))).flat()
  const mode = typeof source.defaultMode === 'number' ? source.defaultMode : 0o644
  return new Map(contents.map(({ path, content, mode: own }) => [path, { content, mode: own ?? mode }]))
}

interface Content {
  readonly path: string
  readonly content: Buffer
  readonly mode: number | undefined
}

async function contentsOf(part: JsonObject, sources: VolumeSources): Promise<Content[]> {
  const { pod, reader, token } = sources
  const namespace = asString(at(pod, 'metadata', 'namespace'))
  if (isObject(part.secret)) {
    const name = asString(part.secret.secretName ?? part.secret.name)
    return select(part.secret, `secret "${name}"`, await reader.secret(namespace, name))
  }
  if (isObject(part.configMap)) {
    const name = asString(part.configMap.name)
    return select(part.configMap, `configmap "${name}"`, await reader.configMap(namespace, name))
  }
  if (isObject(part.serviceAccountToken)) {
    const content = Buffer.from(await token(part.serviceAccountToken))
    return [{ path: asString(part.serviceAccountToken.path), content, mode: undefined }]
  }
  return asArray(at(part, 'downwardAPI', 'items'))
    .filter(isObject)
    .map((item) => ({
      path: asString(item.path),
      content: Buffer.from(fieldOf(pod, asString(at(item, 'fieldRef', 'fieldPath')))),
      mode: modeOf(item),
    }))
}

/** All keys, or those of `items` at the paths that they are given there. */
function select(source: JsonObject, what: string, contents: Contents | undefined): Content[] {
  const isOptional = source.optional === true
  if (!contents && !isOptional) throw new Error(`${what} not found`)
  if (objectsIn(source.items).length === 0) {
    return [...(contents ?? [])].map(([path, content]) => ({ path, content, mode: undefined }))
  }
  return objectsIn(source.items).flatMap((item) => {
    const content = contents?.get(asString(item.key))
    if (!content && !isOptional)
      throw new Error(`references non-existent ${what.split(' ')[0]} key: ${asString(item.key)}`)
    return content ? [{ path: asString(item.path), content, mode: modeOf(item) }] : []
  })
}

function modeOf(item: JsonObject): number | undefined {
  return typeof item.mode === 'number' ? item.mode : undefined
}
