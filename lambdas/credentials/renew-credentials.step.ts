import * as z from 'zod/mini'
import { clusterAccount } from '../ownership/setup-account.ts'
import { managementTarget, target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer } from '../steps/kubernetes-right.ts'

const renewed = z.object({
  secretArn: z.string(),
  outcome: z.enum(['kept', 'renewed']),
  endsAt: z.exactOptional(z.string()),
  /** Why credentials that are due were not renewed. */
  why: z.exactOptional(z.string()),
})

export const description = describeStep({
  state: 'RenewCredentials',
  does: "Renews the token in a cluster's secret when less than 30 days are left, or less than half of its lifetime if that is shorter. Tests the new token before it stores it. Sends a notification when credentials that were not renewed have less than 14 days left, or less than a third of their lifetime if that is shorter.",
  leavesAlone:
    'Secrets that "wid connect --renew" did not store, client certificates, tokens of other accounts, and secrets that changed meanwhile.',
  input: z.object({
    target,
    issuerUrl: z.string(),
    management: z.exactOptional(managementTarget),
  }),
  output: z.object({ secrets: z.array(renewed) }),
  client: 'kubernetes',
  timeoutSeconds: 60,
  writesSecrets: true,
  notifies: true,
  kubernetes: [
    readIssuer,
    {
      place: 'account',
      apiGroup: '',
      resources: ['serviceaccounts/token'],
      names: [clusterAccount],
      verbs: ['create'],
      why: 'The next token of this account. Whoever has one can make another before it ends: delete the account to end that.',
    },
    {
      place: 'management account',
      apiGroup: '',
      resources: ['serviceaccounts/token'],
      names: 'management account',
      verbs: ['create'],
      why: 'The next token of this account. Whoever has one can make another before it ends: delete the account to end that.',
    },
  ],
})
