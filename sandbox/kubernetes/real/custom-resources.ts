import { type ApiClient, ApiRefusal } from '../api-client.ts'
import { openApiSchema } from '../kinds/openapi.ts'
import type { ObjectSchema } from '../kinds/schema.ts'
import { type Column, columnsOf } from '../kinds/table-columns.ts'
import type { JsonObject } from '../objects/objects.ts'
import { awsCluster, awsNodePool } from '../schemas/multicloud.ts'
import { isServed, untilReady } from './ready.ts'

const group = 'multicloud.cluster.gke.io'

/** AWSCluster and AWSNodePool of a management cluster, with the schemas that the emulator also uses. */
const multicloudDefinitions: readonly JsonObject[] = [
  definition('AWSCluster', awsCluster),
  definition('AWSNodePool', awsNodePool),
]

/** Creates the missing CustomResourceDefinitions, and waits until the API server serves them. */
export async function serveMulticloud(api: ApiClient): Promise<void> {
  for (const each of multicloudDefinitions) {
    await api.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', each).catch(unlessThere)
  }
  const lists = ['awsclusters', 'awsnodepools'].map((plural) => `/apis/${group}/v1/${plural}`)
  // At first the path is unknown (404), then its storage is being created (429).
  await untilReady(async () => (await Promise.all(lists.map((list) => isServed(api, list)))).every(Boolean), [])
}

function unlessThere(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.code === 409) return undefined
  throw error
}

function definition(kind: string, schema: ObjectSchema): JsonObject {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columnsOf(kind, 0).slice(1).map(printerColumn),
          schema: { openAPIV3Schema: openApiSchema(withoutMetadata(schema)) },
        },
      ],
    },
  }
}

function printerColumn({ name, path }: Column): JsonObject {
  return path
    ? { name, type: 'string', jsonPath: `.${path.join('.')}` }
    : { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }
}

/** A CustomResourceDefinition may only declare that metadata is an object. */
function withoutMetadata(schema: ObjectSchema): ObjectSchema {
  return {
    ...schema,
    fields: { ...schema.fields, metadata: { is: 'object', fields: {}, required: [], atomic: false } },
  }
}
