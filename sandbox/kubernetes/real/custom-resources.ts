import { type ApiClient, ApiRefusal } from '../api-client.ts'
import { openApiSchema } from '../kinds/openapi.ts'
import type { ObjectSchema } from '../kinds/schema.ts'
import type { JsonObject } from '../objects/objects.ts'
import { awsCluster, awsNodePool } from '../schemas/multicloud.ts'
import { untilReady } from './ready.ts'

const group = 'multicloud.cluster.gke.io'

interface Column {
  readonly name: string
  readonly type: 'string' | 'date'
  readonly jsonPath: string
}

const state: Column = { name: 'State', type: 'string', jsonPath: '.status.state' }
const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

/** AWSCluster and AWSNodePool, as a management cluster has them: with the schemas by which the emulator judges, too. */
export const multicloudDefinitions: readonly JsonObject[] = [
  definition('AWSCluster', awsCluster, [
    state,
    age,
    { name: 'Version', type: 'string', jsonPath: '.spec.controlPlane.version' },
    { name: 'Endpoint', type: 'string', jsonPath: '.status.controlPlaneEndpoint' },
  ]),
  definition('AWSNodePool', awsNodePool, [
    { name: 'Cluster', type: 'string', jsonPath: '.spec.clusterName' },
    state,
    age,
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
  ]),
]

/** Makes the custom resources, unless they are there, and waits until they are served. */
export async function serveMulticloud(api: ApiClient): Promise<void> {
  for (const each of multicloudDefinitions) {
    await api.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', each).catch(unlessThere)
  }
  const lists = ['awsclusters', 'awsnodepools'].map((plural) => `/apis/${group}/v1/${plural}`)
  await untilReady(async () => (await Promise.all(lists.map((list) => isServed(api, list)))).every(Boolean), [])
}

/** At first the path is unknown, then its storage is being made: 404, then 429. */
function isServed(api: ApiClient, list: string): Promise<boolean> {
  return api.call('GET', list).then(
    () => true,
    () => false,
  )
}

function unlessThere(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.code === 409) return undefined
  throw error
}

function definition(kind: string, schema: ObjectSchema, columns: readonly Column[]): JsonObject {
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
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: openApiSchema(withoutMetadata(schema)) },
        },
      ],
    },
  }
}

/** Of the metadata a definition may say nothing but that it is an object. */
function withoutMetadata(schema: ObjectSchema): ObjectSchema {
  return {
    ...schema,
    fields: { ...schema.fields, metadata: { is: 'object', fields: {}, required: [], atomic: false } },
  }
}
