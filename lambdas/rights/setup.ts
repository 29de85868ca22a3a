import * as z from 'zod/mini'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { otherAccountOf } from '../proof/proof.ts'
import { minorOf } from '../spec/cluster-spec.ts'
import type { SetupRequest } from '../spec/setup-request.ts'
import type { Mode } from '../steps/kubernetes-right.ts'
import { chooseWebhook } from '../webhook/desired/choose.ts'
import { NoRights } from './no-rights.ts'

/** The properties of a request that determine the rights of its setup. */
export interface Setup {
  readonly cluster: string
  /** Absent when the agent of the cluster has the rights. */
  readonly secretArn?: string | undefined
  readonly management?: ManagementPart
  readonly mode: Mode
  readonly webhookNamespace: string
  readonly failurePolicy: 'Ignore' | 'Fail'
  /** Whether the deployment hosts the issuer. */
  readonly hosted: boolean
  readonly workloads: readonly WorkloadRef[]
  /** Whether rotations renew the token of the account. */
  readonly renewal?: boolean
  /**
   * Whether the rights are limited to the service accounts of `workloads`. Otherwise the rights cover all accounts in
   * their namespaces, so that an administrator need not grant rights for further workloads in these namespaces.
   */
  readonly namedAccounts?: boolean
}

export interface ManagementPart {
  readonly secretArn: string
  readonly namespace: string
  /** True when the request has a spec, from which the setup creates the AWSCluster. */
  readonly applies: boolean
  readonly nodePools: readonly string[]
}

/**
 * The last minor version with the signer for the webhook's own requests. It is the default for a request with
 * certificate `csr` and without a version.
 */
const lastWithRequests = 21

/**
 * The properties of a request that determine the rights of its setup.
 *
 * @param minor minor version of the cluster's Kubernetes: 20 for 1.20. Default: the version in the request's spec.
 *   Without a spec: 21 for certificate `csr`, else the newest version, on which the product creates the certificate.
 * @throws {NoRights} when the webhook does not work on this version
 */
export function rightsSetupOf({ cluster, discovery, webhook, workloads }: SetupRequest, minor?: number): Setup {
  const { management } = cluster
  const result = chooseWebhook(webhook, minor ?? minorOfSpec(cluster.spec) ?? defaultMinor(webhook.certificate))
  if ('refused' in result)
    throw new NoRights(`${result.refused.object}: ${result.refused.reason}. ${result.refused.action}`)
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
    hosted: discovery?.hosting !== undefined,
    workloads: workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
  }
}

/**
 * Whether the rights are limited to the accounts of the workloads. With a webhook, the credentials can start pods in
 * the namespaces, and so use all accounts anyway. Without a webhook, rights to tokens of all accounts would add power.
 */
export function namesAccounts({ mode, namedAccounts }: Setup): boolean {
  return namedAccounts === true || mode === 'none'
}

/**
 * The accounts whose tokens STS must refuse in the proofs of these workloads. Unless the rights are limited to named
 * accounts, the result includes the accounts for proofs of further workloads in the same namespaces.
 */
export function otherAccountsOf(setup: Setup): readonly WorkloadRef[] {
  const { workloads } = setup
  const anyOther = workloads.map(({ namespace }) => ({ namespace, serviceAccount: 'default' }))
  return [...workloads, ...(namesAccounts(setup) ? [] : anyOther)].map(otherAccountOf)
}

const versioned = z.object({ controlPlane: z.object({ version: z.string() }) })

function minorOfSpec(spec: unknown): number | undefined {
  const version = versioned.safeParse(spec).data?.controlPlane.version
  return version === undefined ? undefined : minorOf(version)
}

function defaultMinor(certificate: 'auto' | 'own-ca' | 'csr'): number {
  return certificate === 'csr' ? lastWithRequests : Number.POSITIVE_INFINITY
}
