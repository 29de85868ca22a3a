import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer } from '../steps/kubernetes-right.ts'
import { installed } from './desired/installed.ts'
import { ownSecretName, webhookName } from './desired/names.ts'
import { rightsToReadRollout, rightToChangeTrust, rightToReadConfiguration } from './webhook-rights.ts'

export const description = describeStep({
  state: 'RenewCertificate',
  does: "Renews the webhook's own certificate when less than a third of its validity remains, or when it cannot be used.",
  leavesAlone: 'Certificates that the cluster signed: the webhook renews those.',
  input: z.object({
    target,
    issuerUrl: z.string(),
    installed,
  }),
  /** `finished`: this run removed the old authority of an earlier renewal, or completed an interrupted renewal. */
  output: z.object({ certificate: z.enum(['kept', 'renewed', 'finished']) }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  kubernetes: [
    { ...readIssuer, modes: ['own-ca'] },
    { ...rightToReadConfiguration, modes: ['own-ca'] },
    { ...rightToChangeTrust, modes: ['own-ca'] },
    {
      place: 'webhook',
      apiGroup: '',
      resources: ['secrets'],
      names: [ownSecretName],
      verbs: ['get', 'patch'],
      why: 'Reads the certificate, and renews it.',
      modes: ['own-ca'],
    },
    {
      place: 'webhook',
      apiGroup: 'apps',
      resources: ['deployments'],
      names: [webhookName],
      verbs: ['get', 'patch'],
      why: 'Rolls the pods onto the new certificate.',
      modes: ['own-ca'],
    },
    ...rightsToReadRollout(webhookName, ['own-ca']),
  ],
})
