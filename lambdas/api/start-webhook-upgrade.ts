import { invalidRequest, problem } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { upgradeBody, upgradeRequest } from '../domain/webhook-upgrade.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation((call) => {
  const body = readOptionalBody(call, upgradeBody)
  return accept(call, async () => {
    const recorded = await findCluster(call)
    const made = upgradeRequest(recorded.cluster, body)
    if ('faults' in made) throw new Refusal(invalidRequest(made.faults))
    if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
    const { cluster } = recorded.cluster
    const requestHash = hashOf(['webhook-upgrade', cluster, body])
    const { request } = made
    return { kind: 'webhook-upgrade', cluster, request, change: 'as asked', madeFrom: recorded, requestHash }
  })
})
