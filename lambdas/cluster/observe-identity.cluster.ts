import * as z from 'zod/mini'
import { newestEvents } from '../clouds/kubernetes/events.ts'
import { displayName } from '../clouds/kubernetes/object.ts'
import { StepError } from '../errors/step-errors.ts'
import { clusterPart } from '../objects/cluster-part.ts'
import { clusterEvent } from '../report/waiting.ts'
import { awsClusterRef, clusterIdentity, identityOf, requireDiscoveryBucket } from './aws-cluster.ts'

/** Number of events in the progress. The newest ones show what the cluster is doing. */
const shownEvents = 5

/** Which AWSCluster. */
const question = z.object({ name: z.string(), namespace: z.string() })

/** The part of CheckCluster at the management cluster: what its service has made of the AWSCluster. */
export const observeIdentity = clusterPart({
  question,
  finding: z.object({
    /** URL of the management cluster's API server. */
    server: z.string(),
    isThere: z.boolean(),
    /** Left out while the service has not given the AWSCluster an ID and an issuer. */
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

/** The newest events of the AWSCluster. They only explain a wait, so a failure to list them gives none. */
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
