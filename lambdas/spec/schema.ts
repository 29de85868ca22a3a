import * as z from 'zod/mini'
import { awsClusterSpec, awsNodePoolSpec } from './cluster-spec.ts'
import {
  checkedText,
  described,
  type Keywords,
  listOf,
  objectOf,
  oneOfThese,
  patternOf,
  textOf,
  wholeNumber,
} from './format.ts'
import { roleName } from './names.ts'
import { policyArn } from './patterns.ts'
import { policyDocumentKeywords } from './policy-document.ts'
import { cluster, inlinePolicy, inlinePolicyDescription, nodePool, setupRequest, workload } from './setup-request.ts'

/**
 * The schema of a setup request as callers may send it: names, types, formats of single fields, defaults. The rules in
 * other folders check dependencies between fields, and on the deployment. parts.ts has the normal form. This file
 * defines only what callers may send in another form.
 */

/** A cluster on which a setup applies nothing. */
const withExistingCluster: Keywords = {
  properties: {
    cluster: { properties: { provider: { const: 'existing' }, management: false, spec: false, nodePools: false } },
    discovery: { required: ['hosting'] },
  },
}

/** A cluster with an existing AWSCluster. */
const withAppliedCluster: Keywords = {
  properties: {
    cluster: {
      properties: { provider: { const: 'gke-on-aws' }, issuerUrl: false, spec: false, nodePools: false },
      required: ['management'],
    },
    discovery: { properties: { hosting: false } },
  },
}

/** A cluster that the setup creates. */
const withNewCluster: Keywords = {
  properties: {
    cluster: {
      properties: { provider: { const: 'gke-on-aws' }, issuerUrl: false },
      required: ['management', 'spec', 'nodePools'],
    },
    discovery: { properties: { hosting: false } },
  },
  required: ['discovery'],
}

const withCredentials: Keywords = {
  properties: { connection: { const: 'direct' } },
  required: ['credentialsSecretArn'],
}

const withAgent: Keywords = {
  properties: { connection: { const: 'agent' }, credentialsSecretArn: false, proxyUrl: false },
  required: ['connection'],
}

const requestedNodePool = objectOf('A node pool', { ...nodePool.shape, spec: awsNodePoolSpec })

const requestedCluster = objectOf(
  'The cluster',
  {
    ...cluster.shape,
    spec: z.optional(awsClusterSpec),
    nodePools: z.optional(listOf('Node pools to create; only with spec', requestedNodePool, { minItems: 1 })),
  },
  oneOfThese(withCredentials, withAgent),
)

export const requestedPolicy = described(inlinePolicyDescription, z.clone(inlinePolicy), policyDocumentKeywords)

/** Per cluster. With the longest names, these fit into the state of a setup: test/statemachine/batches.test.ts. */
export const maxWorkloads = 400
/** The limit for a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const maxPolicies = 10

const managedPolicy = checkedText('ARN of a managed policy', patternOf(policyArn))

const requestedRole = objectOf(
  'IAM role of the workload',
  {
    ...workload.shape.role.shape,
    name: z.optional(textOf(roleName, 'Name of the role; CLUSTER-NAMESPACE-ACCOUNT-HASH by default')),
    policyArns: z.optional(
      listOf(`ARNs of managed policies that the deployment allows; at most ${maxPolicies}`, managedPolicy, {
        maxItems: maxPolicies,
      }),
    ),
    inlinePolicy: z.optional(requestedPolicy),
    maxSessionSeconds: z._default(wholeNumber(3600, 43_200, 'Maximum session in seconds, 3600 to 43200'), 3600),
  },
  oneOfThese({ required: ['policyArns'] }, { required: ['inlinePolicy'] }),
)

export const requestedWorkload = objectOf('A workload', { ...workload.shape, role: requestedRole })

const { webhook, adopt } = setupRequest.shape

/** A request as callers may send it. */
export const requestedSetup = objectOf(
  'What a cluster and its workloads are to have',
  {
    ...setupRequest.shape,
    cluster: requestedCluster,
    webhook: z.prefault(webhook, {}),
    workloads: listOf(`The workloads; at most ${maxWorkloads}`, requestedWorkload, {
      maxItems: maxWorkloads,
    }),
    adopt: z._default(adopt, false),
  },
  oneOfThese(withExistingCluster, withAppliedCluster, withNewCluster),
)

/** The spec of a cluster as callers may send it. Without workloads, the recorded ones stay. */
export const requestedSpec = objectOf(
  'The spec of a cluster',
  { ...requestedSetup.shape, workloads: z.optional(requestedSetup.shape.workloads) },
  oneOfThese(withExistingCluster, withAppliedCluster, withNewCluster),
)

/** A request without its invalid fields: any field may be missing. */
export const requestDraft = z.deepPartial(requestedSetup)

export type RequestedSetup = z.output<typeof requestedSetup>
export type RequestDraft = z.output<typeof requestDraft>
export type ClusterDraft = NonNullable<RequestDraft['cluster']>
export type WorkloadDraft = NonNullable<RequestDraft['workloads']>[number]
export type NodePoolDraft = NonNullable<ClusterDraft['nodePools']>[number]
