import middy from '@middy/core'
import * as z from 'zod/mini'
import { customResourceRequest, respond } from '../clouds/custom-resource.ts'
import { recorded } from '../errors/recorded.ts'
import { StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { where } from '../operations/record/expression.ts'
import { indexes, lists, queryItems } from '../operations/record/table.ts'
import { type HostChange, type RecordedIssuers, refusalOf, removedHosts } from './hosts-in-use-decision.ts'

const hosts = z.object({ Hosts: z.array(z.string()) })

const changeRequest = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create') }),
  z.object({ RequestType: z.literal('Update'), ResourceProperties: hosts, OldResourceProperties: hosts }),
  z.object({ RequestType: z.literal('Delete'), ResourceProperties: hosts }),
])

/** Only the fields that this function needs, so that a record of an older version does not block a deployment. */
const clusterItem = z.object({
  cluster: z.string(),
  spec: z.object({ cluster: z.object({ issuerUrl: z.optional(z.string()) }) }),
  status: z.object({ cluster: z.optional(z.object({ issuerUrl: z.string() })) }),
})

/**
 * Handles a custom resource of the stack. Rejects a change that removes the host of a recorded cluster's issuer.
 * Responds to CloudFormation even if the clusters cannot be read.
 *
 * @throws {Error} when CloudFormation did not accept the response; Lambda then retries
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  const request = customResourceRequest.parse(received)
  const refusal = await refusalOfChange(received)
  await respond(request, refusal === undefined ? {} : { refusal })
  log('info', 'change of the issuer hosts answered', { refusal })
})

async function refusalOfChange(received: unknown): Promise<string | undefined> {
  try {
    const removed = removedHosts(changeIn(received))
    return removed.length === 0 ? undefined : refusalOf(removed, await recordedIssuers())
  } catch (error) {
    const known = error instanceof StepError && recorded(error)
    log('error', 'clusters not read', { ...(known && { error: known }), frames: framesOf(error) })
    return unknownUse(error)
  }
}

function changeIn(received: unknown): HostChange {
  const request = changeRequest.parse(received)
  if (request.RequestType === 'Create') return { kind: 'Create' }
  const { Hosts } = request.ResourceProperties
  if (request.RequestType === 'Delete') return { kind: 'Delete', before: Hosts }
  return { kind: 'Update', before: request.OldResourceProperties.Hosts, after: Hosts }
}

/** The index is eventually consistent: a cluster that was recorded a moment ago may be missing. */
async function recordedIssuers(): Promise<RecordedIssuers[]> {
  const items = await queryItems(where`listed = ${lists.clusters}`, { index: indexes.byList })
  return items.map((item) => {
    const { cluster, spec, status } = clusterItem.parse(item)
    const issuerUrls = [spec.cluster.issuerUrl, status.cluster?.issuerUrl].filter((url) => url !== undefined)
    return { cluster, issuerUrls }
  })
}

/** Returns the reason to reject the change when it is unknown whether the hosts are in use. */
function unknownUse(error: unknown): string {
  const reason = error instanceof StepError ? error.message : 'The log of this function has the error.'
  return `The deployment could not read which clusters have their issuer at its issuer host, so the host stays as it is. ${reason}`
}
