import type * as z from 'zod/mini'
import { type ActionName, actions } from '../access/actions.ts'
import { acceptanceBody, acceptedKeyStates } from '../discovery/acceptance.ts'
import { requestedSetup, requestedSpec, requestedWorkload } from '../spec/schema.ts'
import { driftBody } from '../workflows/comparison/drift.ts'
import { rotationBody } from '../workflows/rotation/rotation.ts'
import { revocationBody } from '../workflows/signing-keys/signing-keys.ts'
import { verificationBody } from '../workflows/verification/verification.ts'
import { accessView } from './access/access-view.ts'
import { createdEnrolment, enrolmentRequest } from './agents/enrolment-view.ts'
import { clusterPage, clusterView } from './clusters/cluster-view.ts'
import { generationPage, generationView } from './generations/generation-view.ts'
import { operationPage, operationSummary, operationView } from './operations/views.ts'
import type { ProblemKind } from './problem.ts'
import {
  accessQuery,
  clusterPutQuery,
  clustersQuery,
  clusterTeardownQuery,
  declaringQuery,
  generationsQuery,
  manifestQuery,
  operationsQuery,
  rightsQuery,
  workloadsQuery,
  workloadTeardownQuery,
} from './queries.ts'
import { workloadPage } from './workloads/workload-view.ts'

/** The groups of routes, in the order of the OpenAPI description. */
export const tags = {
  setups: 'Setups, plans and rotations',
  operations: 'Operations: the list, their progress and their results',
  clusters: 'Clusters: the list, their specs and statuses, and operations on a whole cluster',
  workloads: 'Workloads: the list, and operations on one workload',
  access: 'Who may do what',
  description: 'The API itself',
} as const

type Tag = keyof typeof tags

/**
 * `operation` is the operationId of the route, and the name of its file in lambdas/api. It requires the action of the
 * same name, or the action in `authorizedAs`. A route with `authorizedAs` may return only data that
 * the operation with the name of that action returns or has returned earlier.
 */
type Named =
  | { readonly operation: ActionName; readonly authorizedAs?: undefined }
  | { readonly operation: string; readonly authorizedAs: ActionName }

export type Route = Named & {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Parameters are in braces, as API Gateway and OpenAPI write them. */
  readonly path: string
  readonly tag: Tag
  /** The OpenAPI description shows this text. */
  readonly summary: string
  readonly query?: z.ZodMiniObject
  readonly body?: z.ZodMiniType
  /** `mediaType` names a second format of the response, besides JSON: `text/…` is for people. */
  readonly answer: { readonly status: 200 | 202; readonly schema?: z.ZodMiniType; readonly mediaType?: string }
  /** All problems of the route except `forbidden`, `internal` and `unavailable`, which every route may return. */
  readonly problems: readonly ProblemKind[]
}

const startProblems = [
  'not-json',
  'invalid-request',
  'already-running',
  'too-large',
  'unsupported-media-type',
  'key-reused',
  'too-many-running',
] as const

/** The problems of operations that only read a recorded cluster. */
const observationProblems = [
  'not-json',
  'invalid-request',
  'not-found',
  'conflict',
  'too-large',
  'unsupported-media-type',
  'key-reused',
  'too-many-running',
] as const

const teardownProblems = [
  'invalid-request',
  'not-found',
  'already-running',
  'conflict',
  'key-reused',
  'too-many-running',
] as const

/** All routes: the source of the deployed API and of the OpenAPI description. */
export const routes = [
  {
    operation: 'start-setup',
    method: 'POST',
    path: '/v1/setups',
    tag: 'setups',
    summary: "Gives a cluster's workloads their AWS roles, and proves it",
    query: declaringQuery,
    body: requestedSetup,
    answer: { status: 202, schema: operationSummary },
    problems: [...startProblems, 'conflict', 'manager-conflict', 'precondition-failed'],
  },
  {
    operation: 'list-operations',
    method: 'GET',
    path: '/v1/operations',
    tag: 'operations',
    summary: 'The operations, newest first',
    query: operationsQuery,
    answer: { status: 200, schema: operationPage },
    problems: ['invalid-request'],
  },
  {
    operation: 'get-operation',
    method: 'GET',
    path: '/v1/operations/{operationId}',
    tag: 'operations',
    summary:
      'One operation with its steps, its result or its error. With Accept: text/plain, the response is a text for people',
    answer: { status: 200, schema: operationView, mediaType: 'text/plain' },
    problems: ['not-found'],
  },
  {
    operation: 'cancel-operation',
    method: 'POST',
    path: '/v1/operations/{operationId}/cancel',
    tag: 'operations',
    summary: 'Stops a running operation; created objects remain',
    answer: { status: 200, schema: operationSummary },
    problems: ['not-found', 'conflict'],
  },
  {
    operation: 'list-clusters',
    method: 'GET',
    path: '/v1/clusters',
    tag: 'clusters',
    summary: 'The clusters, by name',
    query: clustersQuery,
    answer: { status: 200, schema: clusterPage },
    problems: ['invalid-request'],
  },
  {
    operation: 'get-cluster',
    method: 'GET',
    path: '/v1/clusters/{cluster}',
    tag: 'clusters',
    summary: 'One cluster: its spec and its status',
    answer: { status: 200, schema: clusterView },
    problems: ['not-found'],
  },
  {
    operation: 'put-cluster',
    method: 'PUT',
    path: '/v1/clusters/{cluster}',
    tag: 'clusters',
    summary:
      'Replaces the spec of a cluster and the workloads of one manager, and starts a setup that applies them. Removes workloads only with removals=allow',
    query: clusterPutQuery,
    body: requestedSpec,
    answer: { status: 202, schema: operationSummary },
    problems: [
      ...startProblems,
      'not-found',
      'conflict',
      'manager-conflict',
      'removals',
      'precondition-failed',
      'precondition-required',
    ],
  },
  {
    operation: 'tear-down-cluster',
    method: 'DELETE',
    path: '/v1/clusters/{cluster}',
    tag: 'clusters',
    summary: 'Removes what setups have made for a cluster, and with deleteCluster the cluster itself',
    query: clusterTeardownQuery,
    answer: { status: 202, schema: operationSummary },
    problems: teardownProblems,
  },
  {
    operation: 'list-generations',
    authorizedAs: 'get-cluster',
    method: 'GET',
    path: '/v1/clusters/{cluster}/generations',
    tag: 'clusters',
    summary: 'The generations of the spec of a cluster, newest first: who wrote each, when, and what it changed',
    query: generationsQuery,
    answer: { status: 200, schema: generationPage },
    problems: ['invalid-request', 'not-found'],
  },
  {
    operation: 'get-generation',
    authorizedAs: 'get-cluster',
    method: 'GET',
    path: '/v1/clusters/{cluster}/generations/{generation}',
    tag: 'clusters',
    summary: 'One generation of the spec of a cluster, in full',
    answer: { status: 200, schema: generationView },
    problems: ['not-found'],
  },
  {
    operation: 'list-workloads',
    method: 'GET',
    path: '/v1/workloads',
    tag: 'workloads',
    summary: 'The workloads of all clusters, in the order of clusters, namespaces and accounts',
    query: workloadsQuery,
    answer: { status: 200, schema: workloadPage },
    problems: ['invalid-request'],
  },
  {
    operation: 'add-workload',
    method: 'POST',
    path: '/v1/clusters/{cluster}/workloads',
    tag: 'workloads',
    summary: 'Gives one more workload of a cluster its role: a setup with the spec of the cluster',
    query: declaringQuery,
    body: requestedWorkload,
    answer: { status: 202, schema: operationSummary },
    problems: [...startProblems, 'not-found', 'manager-conflict'],
  },
  {
    operation: 'tear-down-workload',
    method: 'DELETE',
    path: '/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}',
    tag: 'workloads',
    summary: 'Takes the role from one workload of a cluster, and deletes the role',
    query: workloadTeardownQuery,
    answer: { status: 202, schema: operationSummary },
    problems: teardownProblems,
  },
  {
    operation: 'get-manifest',
    method: 'GET',
    path: '/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}/manifest',
    tag: 'workloads',
    summary: 'A manifest for pods of a workload, or a patch for its Deployment, with webhook or without',
    query: manifestQuery,
    answer: { status: 200, mediaType: 'application/yaml' },
    problems: ['invalid-request', 'not-found', 'conflict'],
  },
  {
    operation: 'get-rights',
    method: 'GET',
    path: '/v1/clusters/{cluster}/rights',
    tag: 'clusters',
    summary: 'Manifests of the Kubernetes rights that operations on a recorded cluster and all its workloads need',
    query: rightsQuery,
    answer: { status: 200, mediaType: 'application/yaml' },
    problems: ['invalid-request', 'not-found', 'conflict'],
  },
  {
    operation: 'compute-rights',
    method: 'POST',
    path: '/v1/rights',
    tag: 'setups',
    summary: 'Manifests of the Kubernetes rights that a setup of this request needs. Reads no record',
    query: rightsQuery,
    body: requestedSetup,
    answer: { status: 200, mediaType: 'application/yaml' },
    problems: ['not-json', 'invalid-request', 'conflict', 'too-large', 'unsupported-media-type'],
  },
  {
    operation: 'start-verification',
    method: 'POST',
    path: '/v1/clusters/{cluster}/verifications',
    tag: 'clusters',
    summary: 'Proves again that one workload, or each workload of the cluster, gets sessions of its role',
    body: verificationBody,
    answer: { status: 202, schema: operationSummary },
    problems: observationProblems,
  },
  {
    operation: 'start-plan',
    method: 'POST',
    path: '/v1/plans',
    tag: 'setups',
    summary: 'Reports what a setup of this request would do, and changes nothing',
    query: declaringQuery,
    body: requestedSetup,
    answer: { status: 202, schema: operationSummary },
    problems: [
      'not-json',
      'invalid-request',
      'conflict',
      'manager-conflict',
      'precondition-failed',
      'too-large',
      'unsupported-media-type',
      'key-reused',
      'too-many-running',
    ],
  },
  {
    operation: 'start-drift',
    method: 'POST',
    path: '/v1/clusters/{cluster}/drift',
    tag: 'clusters',
    summary: 'Reports the differences of the cluster, or of one workload, from the spec. Changes nothing',
    body: driftBody,
    answer: { status: 202, schema: operationSummary },
    problems: observationProblems,
  },
  {
    operation: 'start-rotation',
    method: 'POST',
    path: '/v1/rotations',
    tag: 'setups',
    summary: 'Brings thumbprints and certificates of all clusters up to date, and verifies their workloads',
    body: rotationBody,
    answer: { status: 202, schema: operationSummary },
    problems: [
      'not-json',
      'invalid-request',
      'rotation-running',
      'too-large',
      'unsupported-media-type',
      'key-reused',
      'too-many-running',
    ],
  },
  {
    operation: 'create-enrolment',
    method: 'POST',
    path: '/v1/clusters/{cluster}/agent/enrolments',
    tag: 'clusters',
    summary: 'Creates a code with which the agent of a cluster can enrol once, within an hour',
    body: enrolmentRequest,
    answer: { status: 200, schema: createdEnrolment },
    problems: ['not-json', 'invalid-request', 'too-large', 'unsupported-media-type', 'not-found', 'conflict'],
  },
  {
    operation: 'refresh-signing-keys',
    method: 'POST',
    path: '/v1/clusters/{cluster}/signing-keys',
    tag: 'clusters',
    summary: 'Publishes the current signing keys of a cluster whose issuer the deployment hosts',
    answer: { status: 202, schema: operationSummary },
    problems: ['invalid-request', 'not-found', 'already-running', 'conflict', 'key-reused', 'too-many-running'],
  },
  {
    operation: 'revoke-signing-key',
    method: 'POST',
    path: '/v1/clusters/{cluster}/signing-keys/{kid}/revoke',
    tag: 'clusters',
    summary: 'Revokes a published signing key. It is not published again before a teardown of the cluster',
    body: revocationBody,
    answer: { status: 202, schema: operationSummary },
    problems: [...startProblems, 'not-found', 'conflict'],
  },
  {
    operation: 'accept-signing-key',
    method: 'POST',
    path: '/v1/clusters/{cluster}/signing-keys/{kid}/accept',
    tag: 'clusters',
    summary: 'Accepts a signing key that no published key vouches for. The waiting operation then publishes it',
    body: acceptanceBody,
    answer: { status: 200, schema: acceptedKeyStates },
    problems: ['not-json', 'invalid-request', 'too-large', 'unsupported-media-type', 'not-found', 'conflict'],
  },
  {
    operation: 'get-access',
    method: 'GET',
    path: '/v1/access',
    tag: 'access',
    summary: 'Who the caller is, what it may do, and which roles may do the rest',
    query: accessQuery,
    answer: { status: 200, schema: accessView },
    problems: ['invalid-request'],
  },
  {
    operation: 'get-openapi',
    method: 'GET',
    path: '/v1/openapi.json',
    tag: 'description',
    summary: 'This description of the API, in OpenAPI 3.1',
    answer: { status: 200 },
    problems: [],
  },
] as const satisfies readonly Route[]

export type OperationName = (typeof routes)[number]['operation']

export type ApiFunction = 'read' | 'start' | 'cancel'

/**
 * The Lambda function that runs the operation. `read` runs the operations whose action is in the group `list` or
 * `read`. Only the function `cancel` has the right to stop executions.
 */
export function functionOf(operation: OperationName): ApiFunction {
  if (operation === 'cancel-operation') return 'cancel'
  return ['list', 'read'].includes(actions[actionOf(operation)].group) ? 'read' : 'start'
}

/** The action that an operation requires. */
export function actionOf(operation: OperationName): ActionName {
  const route: Route | undefined = routes.find((each) => each.operation === operation)
  if (!route) throw new Error(`${operation} has no route`)
  return route.authorizedAs ?? route.operation
}
