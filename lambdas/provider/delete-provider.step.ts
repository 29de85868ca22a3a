import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'DeleteProvider',
  does: 'Deletes the current and former OIDC providers of the cluster.',
  leavesAlone: 'Providers of other clusters; adopted ones lose our tags, and stay.',
  input: z.object({ clusterName: z.string(), awsAccountId: z.optional(z.string()) }),
  output: z.object({ remaining: z.array(recordedError) }),
  condition: { type: 'ProviderRegistered', role: 'removes' },
  client: 'aws',
  claims: [{ kind: 'provider', does: 'deletes' }],
  timeoutSeconds: 60,
  deletesItems: ['claim of provider'],
  settings: ['ACCOUNT_ID', 'PARTITION', 'DEPLOYMENT'],
  aws: [
    { actions: ['iam:GetOpenIDConnectProvider'], on: 'OIDC providers' },
    { actions: ['iam:DeleteOpenIDConnectProvider'], on: 'OIDC providers', when: 'tagged' },
    { actions: ['iam:UntagOpenIDConnectProvider'], on: 'OIDC providers', when: 'untagging' },
  ],
})
