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
import { canaryName, ownSecretName, requestedSecretName, webhookName } from './desired/names.ts'

export type ObjectsOfRight = Omit<RightOnNamed, 'verbs'>

/** The objects of DeployWebhook, besides the namespace. */
export const installedObjects: readonly ObjectsOfRight[] = [
  {
    place: 'cluster',
    apiGroup: rbac,
    resources: ['clusterroles', 'clusterrolebindings'],
    names: [webhookName],
    why: "The webhook's rights. They can hold no more than is listed here.",
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['serviceaccounts'],
    names: [webhookName],
    why: "The webhook's account.",
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['services'],
    names: [webhookName],
    why: 'Where the API server finds the webhook.',
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: 'apps',
    resources: ['deployments'],
    names: [webhookName],
    why: 'The webhook.',
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: 'policy',
    resources: ['poddisruptionbudgets'],
    names: [webhookName],
    why: 'One of its pods stays while nodes are drained.',
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
    why: "The webhook's rights in its own namespace. They can hold no more than is listed here.",
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
    why: 'The account of the canary, by which the webhook is tried out before pods are sent to it.',
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

/** The rights in the webhook's role. Kubernetes requires them for every write to the role or its binding. */
export const givenRights: readonly KubernetesRight[] = [
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['serviceaccounts'],
    anyName: true,
    verbs: ['get', 'list', 'watch'],
    why: 'The webhook knows all accounts.',
    given: true,
    modes: installedModes,
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    verbs: ['create'],
    why: 'The webhook keeps its certificate in a Secret.',
    given: true,
    modes: ['csr'],
  },
  {
    place: 'webhook',
    apiGroup: '',
    resources: ['secrets'],
    names: [requestedSecretName],
    verbs: ['get', 'update', 'patch'],
    why: 'The webhook reads and renews it.',
    given: true,
    modes: ['csr'],
  },
  {
    place: 'cluster',
    apiGroup: certificates,
    resources: ['certificatesigningrequests'],
    anyName: true,
    verbs: ['create', 'get', 'list', 'watch'],
    why: 'The webhook asks for its certificate.',
    given: true,
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

export const readConfiguration: KubernetesRight = {
  ...configuration,
  verbs: ['get'],
  why: 'Whether a webhook is in use already, and where.',
}

export const changeTrust: KubernetesRight = {
  ...configuration,
  verbs: ['patch'],
  why: 'Trusts a new certificate before a webhook that is in use serves with it.',
}

export const sendPods: KubernetesRight = {
  ...configuration,
  verbs: applyVerbs,
  why: 'Sends new pods to the webhook.',
}

export const readAuthority: KubernetesRight = {
  place: 'webhook',
  apiGroup: '',
  resources: ['secrets'],
  names: [ownSecretName],
  verbs: ['get'],
  why: 'The authority by which the API server is to trust the webhook.',
  modes: ['own-ca'],
}

export const readExemption: KubernetesRight = {
  place: 'cluster',
  apiGroup: '',
  resources: ['namespaces'],
  names: ['kube-system'],
  verbs: ['get'],
  why: 'failurePolicy Fail has to leave this namespace out by its label: is it there?',
  modes: installedModes,
  when: ({ failurePolicy }) => failurePolicy === 'Fail',
}

/** The rights to wait for the rollout of a webhook's Deployment. */
export function readRollout(name: string, modes: readonly Mode[] = installedModes): readonly KubernetesRight[] {
  return [
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [name],
      verbs: ['get'],
      why: 'Whether the webhook is ready.',
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

export const tryCanary: KubernetesRight = {
  place: 'webhook',
  apiGroup: '',
  resources: ['pods'],
  verbs: ['create'],
  why: 'The canary, in a dry run only, which RBAC cannot tell from a pod that stays.',
  modes: installedModes,
}

export const tryWorkload: KubernetesRight = {
  place: 'workloads',
  apiGroup: '',
  resources: ['pods'],
  verbs: ['create'],
  why: 'A pod of a workload, in a dry run only, which RBAC cannot tell from a pod that stays: does the webhook mutate it?',
}

/** The rights to test a webhook in use with a pod of an annotated account. If they are missing, a canary is used. */
export const tryServedAccount: readonly KubernetesRight[] = [
  {
    place: 'cluster',
    apiGroup: '',
    resources: ['serviceaccounts'],
    verbs: ['list'],
    why: 'Finds an account whose pods the webhook mutates.',
    modes: installedModes,
  },
  { ...tryWorkload, optional: true, modes: installedModes },
]
