import type { Mode, Setup } from './setup.ts'

/** Those of an upgrade that work on clusters, besides those of a setup. */
export const upgradeSteps = [
  'DeployNext',
  'CheckNext',
  'DivertToNext',
  'RemoveNext',
  'DeleteRequests',
  'FindUnmutatedPods',
  'RestartControllers',
] as const

/** In the order in which they run; of the branches that run beside each other the webhook's first. */
export const steps = [
  'ApplyCluster',
  'CheckCluster',
  'DeployWebhook',
  'ApproveCsr',
  'CheckWebhook',
  'ActivateWebhook',
  'BindKsa',
  'Verify',
] as const

/** Those of a teardown that work on clusters. */
export const teardownSteps = ['LookForCluster', 'UnbindKsa', 'RemoveWebhook', 'DeleteCluster'] as const

export type Step = (typeof steps)[number] | (typeof teardownSteps)[number] | (typeof upgradeSteps)[number]
/** The whole cluster, or namespaces: `strangers` has the accounts whose tokens must be refused. */
export type Place = 'cluster' | 'webhook' | 'workloads' | 'strangers' | 'default' | 'management'

/** Names that a request gives. */
export type NamesOfRequest =
  | 'webhook namespace'
  | 'workload namespaces'
  | 'service accounts'
  | 'strangers'
  | 'cluster'
  | 'node pools'

export interface Right {
  readonly place: Place
  readonly apiGroup: string
  /** As RBAC names them: "deployments", "serviceaccounts/token". */
  readonly resources: readonly string[]
  /** Left out: objects of every name. */
  readonly names?: NamesOfRequest | readonly string[]
  readonly verbs: readonly string[]
  /** The first step that cannot do without. */
  readonly step: Step
  readonly why: string
  /** Without it the step does its work, and can tell less of what it waits for. */
  readonly onlyTells?: true
  /** The webhook's role has it, too: nobody can give a right that he does not have. */
  readonly given?: true
  /** Left out: all. */
  readonly modes?: readonly Mode[]
  /** What else of a request decides; left out: nothing. */
  readonly when?: (setup: Setup) => boolean
  /** Only where the namespaces are not known: the Roles of named ones need them to be there. */
  readonly onlyWholeCluster?: true
}
