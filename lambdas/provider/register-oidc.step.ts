import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RegisterOidc',
  does: "Registers the cluster's issuer in IAM, with the thumbprints of the certificates that its servers present.",
  leavesAlone: "Others' client IDs and tags; providers of other clusters.",
  input: z.object({
    clusterName: z.string(),
    facts: z.object({ issuerUrl: z.string(), jwksUri: z.string() }),
    adopt: z.boolean(),
  }),
  output: z.object({ providerArn: z.string() }),
  client: 'aws',
  timeoutSeconds: 60,
  settings: ['ACCOUNT_ID', 'PARTITION'],
  aws: [
    { actions: ['iam:GetOpenIDConnectProvider'], on: 'OIDC providers' },
    {
      actions: ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
      on: 'OIDC providers',
      when: 'marking',
    },
    {
      actions: ['iam:AddClientIDToOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint'],
      on: 'OIDC providers',
      when: 'marked',
    },
  ],
})
