import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RegisterOidc',
  does: 'Creates the IAM OIDC provider of the issuer, with the thumbprints of the chain that its host presents.',
  leavesAlone: 'Foreign providers.',
  input: z.object({
    clusterName: z.string(),
    awsAccountId: z.optional(z.string()),
    adopt: z.boolean(),
  }),
  output: z.object({ providerArn: z.string() }),
  condition: { type: 'ProviderRegistered', role: 'establishes' },
  client: 'aws',
  claims: [
    { kind: 'issuer', does: 'reads' },
    { kind: 'provider', does: 'makes' },
  ],
  timeoutSeconds: 60,
  table: ['ConditionCheckItem'],
  compared: {
    objects: ({ known, cluster }) => [known?.providerArn ?? `OIDC provider of cluster ${cluster.name}`],
  },
  settings: ['ACCOUNT_ID', 'PARTITION', 'DEPLOYMENT'],
  aws: [
    { actions: ['iam:GetOpenIDConnectProvider'], on: 'OIDC providers' },
    {
      actions: ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
      on: 'OIDC providers',
      when: 'tagging',
    },
    {
      actions: ['iam:AddClientIDToOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint'],
      on: 'OIDC providers',
      when: 'tagged',
    },
  ],
})
