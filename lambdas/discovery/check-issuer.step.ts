import * as z from 'zod/mini'
import { target } from '../spec/target.ts'
import { describeStep } from '../steps/description.ts'
import { readIssuer, readNodes } from '../steps/kubernetes-right.ts'

export const description = describeStep({
  state: 'CheckIssuer',
  does: 'Waits until the tokens of a cluster that moves to a hosted issuer contain it. Meanwhile roles trust both issuers.',
  input: z.object({ target }),
  output: z.object({}),
  client: 'kubernetes',
  timeoutSeconds: 60,
  notReady: {
    error: 'IssuerNotChanged',
    what: 'the cluster did not make tokens of the hosted issuer',
    action: 'Do what the reason asks for, and send the request again; until then both issuers are trusted',
  },
  kubernetes: [readIssuer, readNodes],
})
