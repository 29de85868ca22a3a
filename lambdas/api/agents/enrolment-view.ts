import * as z from 'zod/mini'
import { described } from '../../spec/format.ts'

export const enrolmentRequest = z.strictObject({
  renew: z.optional(described('true: the new agent may replace an enrolled one', z.boolean())),
})

export const createdEnrolment = z.object({
  code: z.string().check(z.describe('The agent enrols with it, once. Only its hash is stored')),
  expiresAt: z.iso.datetime().check(z.describe('When the code expires: an hour after its creation')),
  audience: z.string().check(z.describe('The audience of the tokens with which the agent calls the API')),
})

/** The agent of a cluster, in the views of the cluster. */
export const agentView = z.object({
  version: z.string().check(z.describe('The version of the agent')),
  calledAt: z.iso
    .datetime()
    .check(z.describe('When the agent last called the API. A call is recorded once a minute at most')),
  enrolledAt: z.iso.datetime(),
  enrolledBy: z.string().check(z.describe('The caller who has created the code')),
})
