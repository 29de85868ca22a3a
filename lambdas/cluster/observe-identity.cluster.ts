import * as z from 'zod/mini'
import { newestEvents } from '../clouds/kubernetes/events.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { StepError } from '../errors/step-errors.ts'
import { clusterPart } from '../objects/cluster-part.ts'
import { clusterEvent } from '../report/waiting.ts'
import { awsClusterRef, clusterIdentity, identityOf, requireDiscoveryBucket } from './aws-cluster.ts'

/** The number of events that the progress of an operation shows. The newest events show what the cluster is doing. */
const shownEvents = 5

const question = z.object({ name: z.string(), namespace: z.string() })

/** The cluster part of CheckCluster for the management cluster. Returns the facts in the AWSCluster. */
export const observeIdentity = clusterPart({
  question,
  finding: z.object({
    server: z.string(),
    isThere: z.boolean(),
    /** Omitted until the management service has given the AWSCluster an ID and an issuer. */
    identity: z.optional(clusterIdentity),
  }),
  async find(client, { name, namespace }) {
    const ref = awsClusterRef(name, namespace)
    const live = await client.get(ref)
    const identity = identityOf(live)
    if (live && !identity) requireDiscoveryBucket(displayName(ref), live)
    return { server: client.server, isThere: live !== undefined, identity }
  },
})

/** The newest events of the AWSCluster. They only explain why the setup waits, so an error counts as an empty list. */
export const listEvents = clusterPart({
  question,
  finding: z.array(clusterEvent),
  async find(client, { name, namespace }) {
    const fieldSelector = `involvedObject.kind=AWSCluster,involvedObject.name=${name}`
    try {
      const events = await client.list({ apiVersion: 'v1', kind: 'Event', namespace }, { fieldSelector })
      return newestEvents(events, shownEvents)
    } catch (error) {
      if (error instanceof StepError) return []
      throw error
    }
  },
})
