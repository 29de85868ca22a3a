import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RotateThumbprints',
  does: "Brings the provider's thumbprints to what its servers present: new ones at once, old ones go when nobody has presented them for a day.",
  leavesAlone: "Providers that are not the cluster's.",
  input: z.object({ issuerUrl: z.string(), providerArn: z.string() }),
  output: z.object({ thumbprints: z.array(z.string()), added: z.array(z.string()), removed: z.array(z.string()) }),
  client: 'aws',
  claims: [
    { kind: 'issuer', does: 'reads' },
    { kind: 'provider', does: 'changes' },
  ],
  timeoutSeconds: 60,
  settings: ['DEPLOYMENT'],
  aws: [
    { actions: ['iam:GetOpenIDConnectProvider'], on: 'OIDC providers' },
    { actions: ['iam:UpdateOpenIDConnectProviderThumbprint'], on: 'OIDC providers', when: 'tagged' },
  ],
})
