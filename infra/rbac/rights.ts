/**
 * What a setup does on a cluster, right by right: the one description from which the manifests of both forms are made, for
 * named namespaces and accounts and for a whole cluster, and by which the tests take one right away at a time.
 */
import {
  canaryName,
  nextName,
  ownSecretName,
  requestedSecretName,
  secretNameOf,
  webhookName as webhook,
} from '../../lambdas/webhook/desired/names.ts'
import type { Setup } from './setup.ts'
import type { upgradeSteps } from './upgrade.ts'

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

/** own-ca and csr: a webhook of ours, by where its certificate is from. */
export type Mode = 'own-ca' | 'csr' | 'managed' | 'none'

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

const admission = 'admissionregistration.k8s.io'
const certificates = 'certificates.k8s.io'
const multicloud = 'multicloud.cluster.gke.io'
const rbac = 'rbac.authorization.k8s.io'

const installed: readonly Mode[] = ['own-ca', 'csr']
const ownCa: readonly Mode[] = ['own-ca']
const csr: readonly Mode[] = ['csr']
/** A server-side apply: of what is not there it is a patch that needs `create`, too, and on the same name. */
const apply = ['get', 'create', 'patch']

/** On the management cluster of Anthos clusters on AWS. */
export const managementRights: readonly Right[] = [
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsclusters'],
    names: 'cluster',
    verbs: apply,
    step: 'ApplyCluster',
    why: "The cluster of the request's spec.",
    when: ({ management }) => management?.applies === true,
  },
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsnodepools'],
    names: 'node pools',
    verbs: apply,
    step: 'ApplyCluster',
    why: 'Its node pools.',
  },
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsclusters'],
    names: 'cluster',
    verbs: ['get'],
    step: 'CheckCluster',
    why: 'Whether the management service has given the cluster its ID and its issuer.',
  },
  {
    place: 'management',
    apiGroup: '',
    resources: ['events'],
    verbs: ['list'],
    step: 'CheckCluster',
    why: 'Shows what happens to the cluster while it is waited for.',
    onlyTells: true,
  },
]

/** On the cluster whose workloads get roles. */
export const userClusterRights: readonly Right[] = [
  {
    place: 'default',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: ['default'],
    verbs: ['create'],
    step: 'CheckCluster',
    why: "A token of an account that every cluster has: it names the cluster's issuer, and is thrown away.",
  },

  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: 'webhook namespace',
    verbs: ['get', 'patch'],
    step: 'DeployWebhook',
    why: "The labels of the webhook's namespace, by which its own pods are left out.",
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: ['kube-system'],
    verbs: ['get'],
    step: 'DeployWebhook',
    why: 'failurePolicy Fail has to leave this namespace out by its label: is it there?',
    modes: installed,
    when: ({ failurePolicy }) => failurePolicy === 'Fail',
  },
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['serviceaccounts'],
    verbs: ['get', 'list', 'watch'],
    step: 'DeployWebhook',
    why: 'The webhook knows all accounts.',
    given: true,
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: rbac,
    resources: ['clusterroles', 'clusterrolebindings'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: "The webhook's rights. They can hold no more than is listed here.",
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [webhook],
    verbs: ['get'],
    step: 'DeployWebhook',
    why: 'Whether a webhook is in use already, and where.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: "The webhook's account.",
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['services'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: 'Where the API server finds the webhook.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: 'apps',
    resources: ['deployments'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: 'The webhook. The steps after this one read whether it is ready.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: 'policy',
    resources: ['poddisruptionbudgets'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: 'One of its pods stays while nodes are drained.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [ownSecretName],
    verbs: apply,
    step: 'DeployWebhook',
    why: "The webhook's certificate with its key, and no other secret.",
    modes: ownCa,
  },
  {
    place: 'webhook',
    apiGroup: rbac,
    resources: ['roles'],
    names: [webhook],
    verbs: ['get'],
    step: 'DeployWebhook',
    why: 'Whether an earlier webhook, which asked for its certificate, has left its Role.',
    modes: ownCa,
  },
  {
    place: 'webhook',
    apiGroup: rbac,
    resources: ['roles', 'rolebindings'],
    names: [webhook],
    verbs: apply,
    step: 'DeployWebhook',
    why: "The webhook's rights in its own namespace. They can hold no more than is listed here.",
    modes: csr,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    verbs: ['create'],
    step: 'DeployWebhook',
    why: 'The webhook keeps its certificate in a Secret.',
    given: true,
    modes: csr,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [requestedSecretName],
    verbs: ['get', 'update', 'patch'],
    step: 'DeployWebhook',
    why: 'The webhook reads and renews it, and ApproveCsr looks whether it is there.',
    given: true,
    modes: csr,
  },
  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['certificatesigningrequests'],
    verbs: ['create', 'get', 'list', 'watch'],
    step: 'DeployWebhook',
    why: 'The webhook asks for its certificate, and ApproveCsr lists the requests.',
    given: true,
    modes: csr,
  },

  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update'],
    step: 'ApproveCsr',
    why: 'The approval. The names of requests are not known before.',
    modes: csr,
  },
  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['signers'],
    names: ['kubernetes.io/legacy-unknown'],
    verbs: ['approve'],
    step: 'ApproveCsr',
    why: 'Approvals for this signer only. Whoever may ask and approve can get a certificate of any user.',
    modes: csr,
  },

  {
    place: 'webhook',
    apiGroup: '',
    resources: ['pods', 'events'],
    verbs: ['list'],
    step: 'CheckWebhook',
    why: 'Shows why the webhook is not ready.',
    onlyTells: true,
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [canaryName],
    verbs: apply,
    step: 'CheckWebhook',
    why: 'The account of the canary, by which the webhook is tried out before pods are sent to it.',
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [canaryName],
    verbs: apply,
    step: 'CheckWebhook',
    why: "The canary's configuration.",
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['pods'],
    verbs: ['create'],
    step: 'CheckWebhook',
    why: 'The canary, in a dry run only, which RBAC cannot tell from a pod that stays.',
    modes: installed,
  },

  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [webhook],
    verbs: ['create', 'patch'],
    step: 'ActivateWebhook',
    why: 'Sends new pods to the webhook.',
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [canaryName],
    verbs: ['delete'],
    step: 'ActivateWebhook',
    why: 'The canary has done its work.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [canaryName],
    verbs: ['delete'],
    step: 'ActivateWebhook',
    why: 'The canary has done its work.',
    modes: installed,
  },

  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: 'workload namespaces',
    verbs: ['get'],
    step: 'BindKsa',
    why: "Whether the workload's namespace is there.",
  },
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: 'workload namespaces',
    verbs: ['create', 'patch'],
    step: 'BindKsa',
    why: 'Makes it when it is not.',
    onlyWholeCluster: true,
  },
  {
    place: 'workloads',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: 'service accounts',
    verbs: apply,
    step: 'BindKsa',
    why: "The workload's account, with the annotation of its role.",
  },

  {
    place: 'workloads',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: 'service accounts',
    verbs: ['create'],
    step: 'Verify',
    why: "A token of the workload: it has to be exchanged for the role's session.",
  },
  {
    place: 'strangers',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: 'strangers',
    verbs: ['create'],
    step: 'Verify',
    why: 'A token of a stranger: it has to be refused.',
  },
  {
    place: 'workloads',
    apiGroup: '',
    resources: ['pods'],
    verbs: ['create'],
    step: 'Verify',
    why: 'A pod of the workload, in a dry run only, which RBAC cannot tell from a pod that stays: does the webhook mutate it?',
    modes: ['own-ca', 'csr', 'managed'],
  },
]

/** What a teardown reads and deletes, of which a setup and an upgrade have made nothing else. */
const gone = ['get', 'delete']

/** Beside those of a setup, on the management cluster. */
export const managementTeardownRights: readonly Right[] = [
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsclusters'],
    names: 'cluster',
    verbs: ['get'],
    step: 'LookForCluster',
    why: 'Whether the cluster is there still: what was in one that is gone is gone.',
  },
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsclusters'],
    names: 'cluster',
    verbs: ['get', 'delete'],
    step: 'DeleteCluster',
    why: 'Deletes it with deleteCluster, and waits until it is gone.',
  },
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsnodepools'],
    verbs: ['list'],
    step: 'DeleteCluster',
    why: 'Which node pools are of the cluster: their names do not tell.',
  },
  {
    place: 'management',
    apiGroup: multicloud,
    resources: ['awsnodepools'],
    names: 'node pools',
    verbs: gone,
    step: 'DeleteCluster',
    why: 'Deletes them with deleteCluster, before the cluster.',
  },
]

/** Beside those of a setup, on the cluster whose workloads have roles. */
export const userClusterTeardownRights: readonly Right[] = [
  {
    place: 'default',
    apiGroup: '',
    resources: ['serviceaccounts/token'],
    names: ['default'],
    verbs: ['create'],
    step: 'UnbindKsa',
    why: 'A token that names the issuer: whether this is the very cluster that was set up.',
  },
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: 'workload namespaces',
    verbs: ['get'],
    step: 'UnbindKsa',
    why: "Whether a setup has made the workload's namespace.",
  },
  {
    place: 'workloads',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: 'service accounts',
    verbs: gone,
    step: 'UnbindKsa',
    why: "The workload's account, when a setup has made it.",
  },
  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [webhook, nextName, canaryName],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'Sends no more pods to the webhook.',
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['namespaces'],
    names: 'webhook namespace',
    verbs: ['get'],
    step: 'RemoveWebhook',
    why: "Whether a setup has made the webhook's namespace. Only who may list everything in it sees whether it is empty.",
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: rbac,
    resources: ['clusterroles', 'clusterrolebindings'],
    names: [webhook],
    verbs: gone,
    step: 'RemoveWebhook',
    why: "The webhook's rights.",
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: rbac,
    resources: ['roles', 'rolebindings'],
    names: [webhook],
    verbs: gone,
    step: 'RemoveWebhook',
    why: "The webhook's rights in its own namespace.",
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: 'apps',
    resources: ['deployments'],
    names: [webhook, nextName],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'The webhook, and one that an upgrade has put up beside it.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: 'policy',
    resources: ['poddisruptionbudgets'],
    names: [webhook],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'What keeps one of its pods.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['services'],
    names: [webhook, nextName],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'Where the API server finds it.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [webhook, nextName, canaryName],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'Its account, and those that it was tried out with.',
    modes: installed,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [ownSecretName, secretNameOf(nextName), requestedSecretName],
    verbs: gone,
    step: 'RemoveWebhook',
    why: 'Its certificates with their keys, and no other secret.',
    modes: installed,
  },
  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['certificatesigningrequests'],
    verbs: ['list', 'delete'],
    step: 'RemoveWebhook',
    why: 'The requests of its account. Their names are not known before.',
    modes: csr,
  },
]
