import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { certificates, readIssuer } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'
import { signedSecretName, webhookName } from './desired/names.ts'
import { installsWebhook } from './desired/objects.ts'
import { rightsToReadRollout } from './webhook-rights.ts'

export const description = describeStep({
  state: 'ApproveCsr',
  does: "Approves the webhook's certificate request, if the cluster signs the certificate.",
  leavesAlone: 'Similar certificate requests: they stay pending, and the operation names them.',
  input: z.object({
    target,
    /** Omitted if CheckCluster has just checked the cluster's issuer. */
    issuerUrl: z.optional(z.string()),
    installed,
  }),
  output: z.object({}),
  condition: { type: 'WebhookReady', role: 'contributes' },
  client: 'kubernetes',
  timeoutSeconds: 60,
  notReady: {
    error: 'CertificateNotIssued',
    what: "the webhook's certificate was not issued",
    action: 'Fix what the reason names (kubectl describe shows details), and start the operation again',
  },
  compared: { when: installsWebhook },
  kubernetes: [
    { ...readIssuer, modes: ['csr'] },
    {
      place: 'cluster',
      apiGroup: certificates,
      resources: ['certificatesigningrequests'],
      verbs: ['list'],
      why: "The webhook's requests. Kubernetes generates their names.",
      modes: ['csr'],
    },
    {
      place: 'cluster',
      apiGroup: certificates,
      resources: ['certificatesigningrequests/approval'],
      anyName: true,
      verbs: ['update'],
      why: 'The approval.',
      modes: ['csr'],
    },
    {
      place: 'cluster',
      apiGroup: certificates,
      resources: ['signers'],
      names: ['kubernetes.io/legacy-unknown'],
      verbs: ['approve'],
      why: 'Approvals for this signer only. A client that may create and approve such requests can get a certificate for any user.',
      modes: ['csr'],
    },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['secrets'],
      names: [signedSecretName],
      verbs: ['get'],
      why: 'Whether the webhook has its certificate, and until when.',
      modes: ['csr'],
    },
    ...rightsToReadRollout(webhookName, ['csr']),
  ],
})
