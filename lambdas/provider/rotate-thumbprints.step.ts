import * as z from 'zod/mini'
import { describeStep } from '../steps/description.ts'

export const description = describeStep({
  state: 'RotateThumbprints',
  does: "Updates the provider's thumbprints.",
  leavesAlone: 'Providers of other clusters.',
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
