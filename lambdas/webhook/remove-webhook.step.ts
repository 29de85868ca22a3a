import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { admission, certificates, installedModes, rbac, readIssuer, removeVerbs } from '../steps/kubernetes-right.ts'
import {
  canaryName,
  candidateName,
  ownSecretName,
  secretNameOf,
  signedSecretName,
  webhookName,
} from './desired/names.ts'
import { canaryObjects, installedObjects, rightsGrantedToWebhook } from './webhook-rights.ts'

const release = {
  verbs: ['patch'],
  why: 'Removes our labels from a webhook that another owner created and a setup adopted.',
} as const

export const description = describeStep({
  state: 'RemoveWebhook',
  does: 'Removes the webhook configuration, then the other objects of the webhook.',
  leavesAlone: 'A foreign webhook. An adopted one loses our labels, and stays.',
  input: z.object({
    target,
    /** All namespaces that setups have requested for the webhook. A failed setup may have left parts in any of them. */
    namespaces: z.array(z.string()),
    /** Whether the webhook may have sent certificate requests: the mode is csr, or possibly csr if none is recorded. */
    mayHaveRequests: z.boolean(),
    /** The first run removes only the configurations, because API servers may still send pods for some seconds. */
    first: z.boolean(),
  }),
  output: z.object({ remaining: z.array(recordedError) }),
  condition: { type: 'WebhookReady', role: 'removes' },
  client: 'kubernetes',
  timeoutSeconds: 60,
  notReady: {
    error: 'WebhookNotGone',
    what: 'the webhook was not gone',
    action:
      'Find out with kubectl describe what blocks the deletion (a finalizer, a node that does not respond), and send the request again',
  },
  kubernetes: [
    { ...readIssuer, modes: installedModes },
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [webhookName, candidateName, canaryName],
      verbs: removeVerbs,
      why: 'Sends no more pods to the webhook.',
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'webhook namespace',
      verbs: ['get'],
      why: "Whether a setup created the webhook's namespace. It is deleted only if the client may list all its objects, and none remains.",
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: rbac,
      resources: ['clusterroles', 'clusterrolebindings'],
      names: [webhookName],
      verbs: removeVerbs,
      why: "The webhook's rights.",
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: rbac,
      resources: ['roles', 'rolebindings'],
      names: [webhookName],
      verbs: removeVerbs,
      why: "The webhook's rights in its own namespace.",
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [webhookName, candidateName],
      verbs: removeVerbs,
      why: "The webhook's Deployment, and that of a candidate.",
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: 'policy',
      resources: ['poddisruptionbudgets'],
      names: [webhookName],
      verbs: removeVerbs,
      why: "The webhook's PodDisruptionBudget.",
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['services'],
      names: [webhookName, candidateName],
      verbs: removeVerbs,
      why: 'The Services by which the API server calls the webhook and a candidate.',
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['serviceaccounts'],
      names: [webhookName, candidateName, canaryName],
      verbs: removeVerbs,
      why: 'The service accounts of the webhook, a candidate and the canary.',
      modes: installedModes,
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['secrets'],
      names: [ownSecretName, secretNameOf(candidateName), signedSecretName],
      verbs: removeVerbs,
      why: 'The certificates of the webhook and a candidate, with their keys, and no other secret.',
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: certificates,
      resources: ['certificatesigningrequests'],
      anyName: true,
      verbs: ['list', 'delete'],
      why: "The certificate requests of the webhook's account. Kubernetes generates their names.",
      modes: ['csr'],
    },
    {
      place: 'cluster',
      apiGroup: '',
      resources: ['namespaces'],
      names: 'webhook namespace',
      ...release,
      modes: installedModes,
    },
    {
      place: 'cluster',
      apiGroup: admission,
      resources: ['mutatingwebhookconfigurations'],
      names: [webhookName],
      ...release,
      modes: installedModes,
    },
    ...[...installedObjects, ...canaryObjects].map((objects) => ({ ...objects, ...release })),
    ...rightsGrantedToWebhook,
  ],
})
