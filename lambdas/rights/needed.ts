/** The rights that an operation needs on its cluster, without the optional rights. */
import type { ClusterTarget } from '../clouds/kubernetes/cluster-client.ts'
import type { Mode } from '../steps/kubernetes-right.ts'
import type { SetupNeeds, TeardownNeeds } from '../steps/needs.ts'
import { chooseWebhook, signsRequests } from '../webhook/desired/choose.ts'
import {
  managementRights,
  managementTeardownRights,
  type Right,
  userClusterRights,
  userClusterTeardownRights,
} from './rights.ts'
import { type Rule, rulesFor } from './rules.ts'
import type { ManagementPart, Setup } from './setup.ts'

interface OfCluster {
  readonly target: ClusterTarget
  /** Minor version of the cluster's Kubernetes: 20 for 1.20. */
  readonly minor: number
}

/** Returns no rules if the webhook does not work on this version, because DeployWebhook rejects the setup. */
export function rulesOfSetup(
  { webhook, workloads, removed }: SetupNeeds,
  { target, minor, hosted }: OfCluster & { readonly hosted: boolean },
): readonly Rule[] {
  const result = chooseWebhook(webhook, minor)
  if ('refused' in result) return []
  const { namespace: webhookNamespace, failurePolicy } = webhook
  const { mode } = result.choice
  return [
    ...requiredFor(
      { ...setupOfTarget(target, mode), webhookNamespace, failurePolicy, hosted, workloads },
      userClusterRights,
    ),
    ...(removed.length === 0 ? [] : rulesOfTeardown({ workloads: removed }, { target, minor })),
  ]
}

export function rulesOfTeardown({ webhook, workloads }: TeardownNeeds, { target, minor }: OfCluster): readonly Rule[] {
  const { namespaces = [], mayHaveRequests = false } = webhook ?? {}
  const mode = mayHaveRequests && signsRequests(minor) ? 'csr' : 'own-ca'
  return [
    ...requiredFor({ ...setupOfTarget(target, 'none'), workloads }, userClusterTeardownRights),
    ...namespaces.flatMap((webhookNamespace) =>
      requiredFor({ ...setupOfTarget(target, mode), webhookNamespace }, userClusterTeardownRights),
    ),
  ]
}

/** @param operation a setup, or a teardown, whether or not the teardown deletes the cluster */
export function rulesOnManagement(
  cluster: string,
  management: ManagementPart,
  operation: 'setup' | 'teardown',
): readonly Rule[] {
  const target = { name: cluster, credentialsSecretArn: management.secretArn }
  const rights = operation === 'setup' ? managementRights : managementTeardownRights
  return requiredFor({ ...setupOfTarget(target, 'none'), management }, rights)
}

function setupOfTarget({ name, credentialsSecretArn }: ClusterTarget, mode: Mode): Setup {
  return {
    cluster: name,
    secretArn: credentialsSecretArn,
    mode,
    webhookNamespace: '',
    failurePolicy: 'Ignore',
    hosted: false,
    workloads: [],
    namedAccounts: true,
  }
}

function requiredFor(setup: Setup, rights: readonly Right[]): readonly Rule[] {
  return rulesFor(
    setup,
    rights.filter(({ optional }) => !optional),
  )
}
