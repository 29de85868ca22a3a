/** The rights to the webhook's objects that several steps need. */
import {
  admission,
  applyVerbs,
  certificates,
  installedModes,
  type KubernetesRight,
  type Mode,
  type RightOnNamed,
  rbac,
} from '../steps/kubernetes-right.ts'
import { canaryName, ownSecretName, signedSecretName, webhookName } from './desired/names.ts'

export type ObjectsOfRight = Omit<RightOnNamed, 'verbs'>

/** The objects that DeployWebhook creates, except the namespace. */
export const installedObjects: readonly ObjectsOfRight[] = [
  {
    place: 'cluster',
    apiGroup: rbac,
    resources: ['clusterroles', 'clusterrolebindings'],
    names: [webhookName],
    why: "The webhook's ClusterRole. Kubernetes lets a client grant only rights that it has, so the client also needs every right in this role.",
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [webhookName],
    why: "The webhook's service account.",
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['services'],
    names: [webhookName],
    why: 'The Service by which the API server calls the webhook.',
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: 'apps',
    resources: ['deployments'],
    names: [webhookName],
    why: "The webhook's Deployment.",
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: 'policy',
    resources: ['poddisruptionbudgets'],
    names: [webhookName],
    why: 'Lets a drain of nodes evict only one pod of the webhook at a time.',
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [ownSecretName],
    why: "The webhook's certificate with its key, and no other secret.",
    modes: ['own-ca'],
  },
  {
    place: 'webhook',
    apiGroup: rbac,
    resources: ['roles', 'rolebindings'],
    names: [webhookName],
    why: "The webhook's Role. Kubernetes lets a client grant only rights that it has, so the client also needs every right in this role.",
    modes: ['csr'],
  },
]

/** The canary's objects, which CheckWebhook creates and ActivateWebhook removes. */
export const canaryObjects: readonly ObjectsOfRight[] = [
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [canaryName],
    why: "The canary's service account. The canary tests the webhook before pods are sent to it.",
    modes: installedModes,
  },
  {
    place: 'cluster',
    apiGroup: admission,
    resources: ['mutatingwebhookconfigurations'],
    names: [canaryName],
    why: "The canary's configuration.",
    modes: installedModes,
  },
]

/** The rights in the webhook's roles. A client that writes these roles or their bindings must have these rights. */
export const rightsGrantedToWebhook: readonly KubernetesRight[] = [
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['serviceaccounts'],
    anyName: true,
    verbs: ['get', 'list', 'watch'],
    why: 'The webhook watches all service accounts, to find their roles.',
    alsoOfWebhook: true,
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    verbs: ['create'],
    why: 'The webhook keeps its certificate in a Secret.',
    alsoOfWebhook: true,
    modes: ['csr'],
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [signedSecretName],
    verbs: ['get', 'update', 'patch'],
    why: 'The webhook reads and renews its certificate in this Secret.',
    alsoOfWebhook: true,
    modes: ['csr'],
  },
  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['certificatesigningrequests'],
    anyName: true,
    verbs: ['create', 'get', 'list', 'watch'],
    why: 'The webhook requests its certificate.',
    alsoOfWebhook: true,
    modes: ['csr'],
  },
]

const configuration = {
  place: 'cluster',
  apiGroup: admission,
  resources: ['mutatingwebhookconfigurations'],
  names: [webhookName],
  modes: installedModes,
} as const

export const rightToReadConfiguration: KubernetesRight = {
  ...configuration,
  verbs: ['get'],
  why: 'Reads whether a webhook is already in use, and in which namespace.',
}

export const rightToChangeTrust: KubernetesRight = {
  ...configuration,
  verbs: ['patch'],
  why: 'Adds the CA of a new certificate to the configuration before the running webhook uses the certificate.',
}

export const rightToActivateWebhook: KubernetesRight = {
  ...configuration,
  verbs: applyVerbs,
  why: 'Sends new pods to the webhook.',
}

export const rightToReadAuthority: KubernetesRight = {
  place: 'webhook',
  apiGroup: '',
  resources: ['secrets'],
  names: [ownSecretName],
  verbs: ['get'],
  why: 'The CA certificate by which the API server trusts the webhook.',
  modes: ['own-ca'],
}

export const rightToReadExemption: KubernetesRight = {
  place: 'cluster',
  apiGroup: '',
  resources: ['namespaces'],
  names: ['kube-system'],
  verbs: ['get'],
  why: 'With failurePolicy Fail, checks that kube-system has the label by which the configuration excludes it.',
  modes: installedModes,
  when: ({ failurePolicy }) => failurePolicy === 'Fail',
}

/** The rights to wait for the rollout of a webhook's Deployment. */
export function rightsToReadRollout(name: string, modes: readonly Mode[] = installedModes): readonly KubernetesRight[] {
  return [
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [name],
      verbs: ['get'],
      why: 'Reads whether the webhook is ready.',
      modes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['pods', 'events'],
      verbs: ['list'],
      why: 'Shows why the webhook is not ready.',
      optional: true,
      modes,
    },
  ]
}

export const rightToTryCanary: KubernetesRight = {
  place: 'webhook',
  apiGroup: '',
  resources: ['pods'],
  verbs: ['create'],
  why: 'Creates the canary pod, only in a dry run. RBAC does not distinguish dry runs.',
  modes: installedModes,
}

export const rightToTryWorkload: KubernetesRight = {
  place: 'workloads',
  apiGroup: '',
  resources: ['pods'],
  verbs: ['create'],
  why: 'Creates a pod of a workload, only in a dry run, to test the webhook. RBAC does not distinguish dry runs.',
}

/**
 * The rights to test a webhook that is already in use: the step creates a pod of an annotated account in a dry run.
 * Without these rights, the step tests the webhook with a canary.
 */
export const rightsToTryServedAccount: readonly KubernetesRight[] = [
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['serviceaccounts'],
    verbs: ['list'],
    why: 'Finds a service account whose pods the webhook mutates.',
    modes: installedModes,
  },
  { ...rightToTryWorkload, optional: true, modes: installedModes },
]
