import * as z from 'zod/mini'
import type { WorkloadRef } from '../../lambdas/ownership/ownership.ts'
import { strangerOf } from '../../lambdas/proof/proof.ts'
import { minorOf } from '../../lambdas/spec/cluster-spec.ts'
import type { SetupRequest } from '../../lambdas/spec/parts.ts'
import type { Mode } from '../../lambdas/steps/kubernetes-right.ts'
import { chooseWebhook } from '../../lambdas/webhook/desired/choose.ts'

/** What of a request decides which rights its setup needs. */
export interface Setup {
  /** Name of the cluster. */
  readonly cluster: string
  /** ARN of the secret with the cluster's credentials. */
  readonly secretArn: string
  readonly management?: ManagementPart
  readonly mode: Mode
  readonly webhookNamespace: string
  readonly failurePolicy: 'Ignore' | 'Fail'
  readonly workloads: readonly WorkloadRef[]
}

export interface ManagementPart {
  readonly secretArn: string
  readonly namespace: string
  /** Whether the request has a spec, by which the AWSCluster is made. */
  readonly applies: boolean
  readonly nodePools: readonly string[]
}

/** The last that has the signer of the webhook's own requests, and older ones still: what a `csr` without version is for. */
const lastWithRequests = 21

/**
 * @param minor of the cluster's Kubernetes: 20 for 1.20. Left out: that of the request's spec, or when it has none the
 *   newest, whose webhook has a certificate of ours
 * @throws Error for a webhook that does not work on this version
 */
export function setupOf({ cluster, webhook, workloads }: SetupRequest, minor?: number): Setup {
  const { management } = cluster
  const result = chooseWebhook(webhook, minor ?? minorOfSpec(cluster.spec) ?? defaultMinor(webhook.certificate))
  if ('refused' in result)
    throw new Error(`${result.refused.object}: ${result.refused.reason}. ${result.refused.action}`)
  return {
    cluster: cluster.name,
    secretArn: cluster.credentialsSecretArn,
    ...(management && {
      management: {
        secretArn: management.credentialsSecretArn,
        namespace: management.namespace,
        applies: cluster.spec !== undefined,
        nodePools: (cluster.nodePools ?? []).map(({ name }) => name),
      },
    }),
    mode: result.choice.mode,
    webhookNamespace: webhook.namespace,
    failurePolicy: webhook.failurePolicy,
    workloads: workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
  }
}

export function strangersOf({ workloads }: Setup): readonly WorkloadRef[] {
  return workloads.map(strangerOf)
}

const versioned = z.object({ controlPlane: z.object({ version: z.string() }) })

function minorOfSpec(spec: unknown): number | undefined {
  const version = versioned.safeParse(spec).data?.controlPlane.version
  return version === undefined ? undefined : minorOf(version)
}

function defaultMinor(certificate: 'auto' | 'own-ca' | 'csr'): number {
  return certificate === 'csr' ? lastWithRequests : Number.POSITIVE_INFINITY
}
