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
  does: "Renews the token in a cluster's secret, and tests the new token before it stores it. Notifies subscribers of credentials that end soon.",
  leavesAlone: 'Secrets that "wid connect --renew" did not store, and client certificates.',
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
      why: 'The next token of this account. Whoever has one can create another before it expires: delete the account to revoke all of them.',
    },
    {
      place: 'management account',
      apiGroup: '',
      resources: ['serviceaccounts/token'],
      names: 'management account',
      verbs: ['create'],
      why: 'The next token of this account. Whoever has one can create another before it expires: delete the account to revoke all of them.',
    },
  ],
})
