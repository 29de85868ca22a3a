/** What of a request would be put elsewhere than where setups of the cluster have put it. */
import * as z from 'zod/mini'
import type { ClusterItem } from './record.ts'
import { type Fault, faultAt } from './request/fault.ts'
import type { SetupRequest } from './request.ts'

const asked = z.object({
  cluster: z.object({ management: z.optional(z.object({ namespace: z.string() })) }),
  discovery: z.optional(z.object({ bucket: z.string() })),
})

const webhook = z.object({ namespace: z.string() })

/** A field of a request that says where something is to be, with the only places that it may say. */
interface Place {
  readonly path: readonly string[]
  readonly what: string
  readonly now: readonly string[]
  /** Undefined when the request has none of it, which leaves it where it is. */
  readonly wanted: string | undefined
}

/**
 * Every field in which the request would move what a setup that went to its end has made: it would be left behind, since the
 * record knows one place of each. None before that: a first setup may have named a wrong place.
 */
export function movesIn(request: SetupRequest, recorded: ClusterItem): readonly Fault[] {
  if (!recorded.is) return []
  const before = asked.parse(recorded.asked)
  const places: readonly Place[] = [
    {
      path: ['cluster', 'management', 'namespace'],
      what: 'the AWSCluster and its node pools are',
      now: present(before.cluster.management?.namespace),
      wanted: request.cluster.management?.namespace,
    },
    {
      path: ['discovery', 'bucket'],
      what: 'the discovery documents are',
      now: present(before.discovery?.bucket),
      wanted: request.discovery?.bucket,
    },
    {
      path: ['webhook', 'namespace'],
      what: 'the webhook is',
      now: webhookPlaces(recorded),
      wanted: request.webhook.mode === 'install' ? request.webhook.namespace : undefined,
    },
  ]
  return places.filter(isMove).map((place) => faultAt(place.path, moved(place, recorded.cluster)))
}

/** After a setup that left it out, wherever one before may have put it. */
function webhookPlaces({ is, webhookNamespaces = new Set() }: ClusterItem): readonly string[] {
  const installed = webhook.safeParse(is?.webhook)
  return installed.success ? [installed.data.namespace] : [...webhookNamespaces]
}

function present(place: string | undefined): readonly string[] {
  return place === undefined ? [] : [place]
}

function isMove({ now, wanted }: Place): boolean {
  return wanted !== undefined && now.length > 0 && !now.includes(wanted)
}

function moved({ what, now, wanted }: Place, name: string): string {
  const place = now.join(' or ')
  return `"${wanted}" is another place than ${place}, where ${what} and would be left behind: set it to ${place}, or tear the cluster down first (DELETE /v1/clusters/${name})`
}
