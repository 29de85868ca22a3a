import * as z from 'zod/mini'
import existingCluster from '../../examples/existing-cluster.json' with { type: 'json' }
import newCluster from '../../examples/setup.json' with { type: 'json' }
import { acceptanceBody, acceptedKeyStates } from '../discovery/acceptance.ts'
import { operationError, recordedError } from '../errors/recorded.ts'
import { proof } from '../proof/proof.ts'
import { change } from '../report/change.ts'
import { difference } from '../report/difference.ts'
import { clusterEvent } from '../report/waiting.ts'
import { awsClusterSpec, awsNodePoolSpec, range } from '../spec/cluster-spec.ts'
import { described, textOf } from '../spec/format.ts'
import { dnsLabel, dnsSubdomain } from '../spec/names.ts'
import { requestedPolicy, requestedSetup, requestedSpec, requestedWorkload } from '../spec/schema.ts'
import { discovery, management, webhook } from '../spec/setup-request.ts'
import { version } from '../version.ts'
import { driftBody, driftResult } from '../workflows/comparison/drift.ts'
import { planResult } from '../workflows/comparison/plan.ts'
import { rotationBody, rotationResult } from '../workflows/rotation/rotation.ts'
import { revocationBody, signingKeysResult } from '../workflows/signing-keys/signing-keys.ts'
import { teardownResult } from '../workflows/teardown/teardown.ts'
import { verificationBody } from '../workflows/verification/verification.ts'
import { accessView, actionAccess } from './access/access-view.ts'
import { enrolmentRequest } from './agents/enrolment-view.ts'
import { clusterPage, clusterSummary, clusterView } from './clusters/cluster-view.ts'
import { health } from './clusters/health.ts'
import { generationPage, generationSummary, generationView } from './generations/generation-view.ts'
import { operationPage, operationSummary, operationView, setupView } from './operations/views.ts'
import { type ProblemKind, problemKinds, problemMediaType, problemSchema } from './problem.ts'
import { type OperationName, type Route, routes, tags } from './routes.ts'
import { workloadPage, workloadSummary } from './workloads/workload-view.ts'

/** Named schemas of requests. */
const sent = {
  SetupRequest: requestedSetup,
  ClusterSpec: requestedSpec,
  RequestedCluster: requestedSetup.shape.cluster,
  Management: management,
  AWSClusterSpec: awsClusterSpec,
  AWSNodePoolSpec: awsNodePoolSpec,
  IPv4Range: range,
  Discovery: discovery,
  Webhook: webhook,
  RequestedWorkload: requestedWorkload,
  PolicyDocument: requestedPolicy,
  VerificationRequest: verificationBody,
  DriftRequest: driftBody,
  RotationRequest: rotationBody,
  KeyRevocationRequest: revocationBody,
  KeyAcceptanceRequest: acceptanceBody,
  EnrolmentRequest: enrolmentRequest,
}

/** Named schemas of responses. */
const answered = {
  Operation: operationView,
  OperationSummary: operationSummary,
  OperationPage: operationPage,
  OperationError: operationError,
  StepError: recordedError,
  Change: change,
  Difference: difference,
  ClusterEvent: clusterEvent,
  SetupResult: setupView,
  Proof: proof,
  TeardownResult: teardownResult,
  PlanResult: planResult,
  DriftResult: driftResult,
  RotationResult: rotationResult,
  SigningKeysResult: signingKeysResult,
  SigningKeyStates: acceptedKeyStates,
  Cluster: clusterView,
  ClusterSummary: clusterSummary,
  ClusterPage: clusterPage,
  Generation: generationView,
  GenerationSummary: generationSummary,
  GenerationPage: generationPage,
  Workload: workloadSummary,
  WorkloadPage: workloadPage,
  Health: health,
  Access: accessView,
  ActionAccess: actionAccess,
  Problem: problemSchema,
}

type Schemas = Readonly<Record<string, z.core.$ZodType>>

const pathParameters: Schemas = {
  cluster: textOf(dnsLabel, 'Name of the cluster', { examples: ['prod-eu'] }),
  generation: described('Number of the generation', z.string(), { pattern: '^[0-9]{1,10}$', examples: ['12'] }),
  namespace: textOf(dnsLabel, 'Namespace of the workload', { examples: ['default'] }),
  serviceAccount: textOf(dnsSubdomain, 'Kubernetes service account of the workload', { examples: ['s3-reader'] }),
  kid: described('ID of the signing key: `kid` in the key set', z.string(), {
    examples: ['Vh5Ey7Rr1bOkMx0Vk4pS2dJ0eBq1u9cLq0Wq1mUe2nA'],
  }),
  operationId: described('ID of the operation', z.string(), { examples: ['0199f3c2-7d1e-7c3a-9b52-4a8d7e6f1c20'] }),
}

const idempotencyKey = described(
  'For seven days, the same request with the same key returns the same operation',
  z.string().check(z.minLength(1), z.maxLength(255)),
  { pattern: '^[\\u0020-\\u007e]+$' },
)

const generationTag = described(
  'The generation of the spec that the caller has read, in quotes. "0" for a cluster that is not recorded. Required if the request removes workloads',
  z.string(),
  { pattern: '^"[0-9]{1,10}"$', examples: ['"12"'] },
)

const acceptedHeaders = {
  Location: { description: 'Path of the operation', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait before the next request', schema: { type: 'string' } },
}

const setupExamples = {
  newCluster: { summary: 'A new cluster with one workload', value: newCluster },
  existingCluster: { summary: 'An existing cluster with its own issuer', value: existingCluster },
}
const workloadExamples = {
  oneWorkload: {
    summary: 'One workload of the cluster',
    value: { workload: { namespace: 'reports', serviceAccount: 'exporter' } },
  },
}

const bodyExamples: Readonly<Record<string, object>> = {
  'start-setup': setupExamples,
  'start-plan': setupExamples,
  'put-cluster': setupExamples,
  'compute-rights': setupExamples,
  'add-workload': { withInlinePolicy: { summary: 'With an inline policy', value: existingCluster.workloads[0] } },
  'start-verification': workloadExamples,
  'start-drift': workloadExamples,
  'start-rotation': { dryRun: { summary: 'Only report what the rotation would do', value: { dryRun: true } } },
  'revoke-signing-key': {
    force: { summary: 'Also revoke the key with which the cluster signs now', value: { force: true } },
  },
  'create-enrolment': { renewal: { summary: 'Replace an enrolled agent', value: { renew: true } } },
  'accept-signing-key': {
    seen: {
      summary: 'Accept the key with this thumbprint',
      value: { thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
    },
  },
} satisfies Partial<Record<OperationName, object>>

/** Each token issuer has separate routes, because a route has one authorizer. */
const servers = [
  { url: '/', description: 'For requests with a signature (AWS Signature Version 4)' },
  {
    url: '/{issuer}',
    description: 'For requests with a token',
    variables: { issuer: { default: 'staff', description: 'Name of the issuer in the settings of the deployment' } },
  },
]

const problemsOfAll: readonly ProblemKind[] = ['forbidden', 'internal', 'unavailable']

/** The API in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), made from the routes and their schemas. */
export function openapi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workload identity',
      version,
      description: 'Gives workloads on Kubernetes clusters outside EKS their own AWS IAM roles, without keys.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers,
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes),
    components: {
      schemas: { ...componentsOf(sent, 'input'), ...componentsOf(answered, 'output') },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service execute-api',
        },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    security: [{ sigv4: [] }, { token: [] }],
  }
}

/** Each named schema once. Other schemas refer to it. */
function componentsOf(named: Schemas, io: 'input' | 'output'): object {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { io, uri: referenceTo })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id: _, $schema: __, ...schema }]) => [id, schema]))
}

function referenceTo(id: string): string {
  return `#/components/schemas/${id}`
}

/** A reference when the schema has a name; otherwise the schema itself. */
function schemaOf(schema: z.core.$ZodType, named: Schemas): object {
  const [id] = Object.entries(named).find(([, each]) => each === schema) ?? []
  if (id !== undefined) return { $ref: referenceTo(id) }
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}

function pathsOf(all: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of all) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return paths
}

function operationOf(route: Route): object {
  const parameters = [...parametersInPath(route), ...queryParameters(route), ...headerParameters(route)]
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: bodyOf(route.operation, route.body) }),
    responses: { [route.answer.status]: answerOf(route), ...problemAnswers(route) },
  }
}

function bodyOf(operation: string, body: z.core.$ZodType): object {
  const examples = bodyExamples[operation]
  const content = { schema: schemaOf(body, sent), ...(examples && { examples }) }
  // The body is optional when none of its fields is required.
  return { required: !z.safeParse(body, {}).success, content: { 'application/json': content } }
}

function answerOf({ answer, summary }: Route): object {
  const schema = answer.schema ? schemaOf(answer.schema, answered) : { type: 'object' }
  const accepted = answer.status === 202
  return {
    description: accepted ? 'Accepted: read the progress of the operation at the path in Location' : summary,
    ...(accepted && { headers: acceptedHeaders }),
    content: {
      'application/json': { schema },
      ...(answer.mediaType !== undefined && { [answer.mediaType]: { schema: { type: 'string' } } }),
    },
  }
}

const doubtHeaders = {
  Location: {
    description:
      'Path of the operation, when it may have started: read the operation, or send the request again with the same Idempotency-Key',
    schema: { type: 'string' },
  },
}

function problemAnswers({ problems, answer }: Route): object {
  const byStatus = Map.groupBy([...problems, ...problemsOfAll], (kind) => problemKinds[kind].status)
  const content = { [problemMediaType]: { schema: schemaOf(problemSchema, answered) } }
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      status,
      {
        description: kinds.map((kind) => problemKinds[kind].title).join('; or: '),
        ...(answer.status === 202 && status >= 500 && { headers: doubtHeaders }),
        content,
      },
    ]),
  )
}

function parametersInPath({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = pathParameters[name]
    if (!schema) throw new Error(`pathParameters of openapi.ts does not describe {${name}} of ${path}`)
    return parameter(name, 'path', schema)
  })
}

function queryParameters({ query }: Route): object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => parameter(name, 'query', schema))
}

function headerParameters({ answer, problems }: Route): object[] {
  return [
    ...(answer.status === 202 ? [parameter('Idempotency-Key', 'header', idempotencyKey)] : []),
    ...(problems.includes('precondition-failed') ? [parameter('If-Match', 'header', generationTag)] : []),
  ]
}

function parameter(name: string, location: 'path' | 'query' | 'header', schema: z.core.$ZodType): object {
  return { name, in: location, ...(location === 'path' && { required: true }), schema: schemaOf(schema, sent) }
}
