import type { ApiClient } from '../../api-client.ts'
import { at, type JsonObject, stringMap } from '../../objects.ts'

/** The contents of a Secret or ConfigMap by key. */
export type Contents = ReadonlyMap<string, Buffer>

/** What a node reads for its pods, as the API server has it now; undefined for what is not there. */
export interface Reader {
  secret(namespace: string, name: string): Promise<Contents | undefined>
  configMap(namespace: string, name: string): Promise<Contents | undefined>
}

export function readerOf(client: ApiClient): Reader {
  return {
    async secret(namespace, name) {
      const object = await client.get(`/api/v1/namespaces/${namespace}/secrets/${name}`)
      return object && new Map(decoded(object, 'data', 'base64'))
    },
    async configMap(namespace, name) {
      const object = await client.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`)
      return object && new Map([...decoded(object, 'data', 'utf8'), ...decoded(object, 'binaryData', 'base64')])
    },
  }
}

function decoded(object: JsonObject, field: string, encoding: BufferEncoding): [string, Buffer][] {
  return Object.entries(stringMap(at(object, field))).map(([key, value]) => [key, Buffer.from(value, encoding)])
}
