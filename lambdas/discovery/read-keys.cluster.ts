import * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import { clusterPart } from '../objects/cluster-part.ts'
import { type Missing, missing, missingRights } from '../rights/missing.ts'
import { rulesOfSetup } from '../rights/needed.ts'
import { target } from '../spec/target.ts'
import { setupNeeds } from '../steps/needs.ts'

const question = z.object({
  target,
  /** The audience of a token that shows the signing key: see freshAudience. Omitted if no token is needed. */
  audience: z.optional(z.string()),
  /** The later writes of the setup, whose rights are checked. Omitted if no rights are checked. */
  needs: z.optional(setupNeeds),
})

/** The cluster part of PublishDiscovery. Returns the key set of the API server, a new token, and the missing rights. */
export const readKeys = clusterPart({
  question,
  finding: z.object({
    /** Not validated. */
    keySet: z.unknown(),
    token: z.optional(z.string()),
    missing,
  }),
  async find(client, question) {
    const { audience } = question
    const [keySet, fresh, missing] = await Promise.all([
      client.keySet(),
      audience === undefined ? undefined : freshTokenOf(client, audience),
      missingFrom(client, question),
    ])
    return { keySet, token: fresh?.token, missing }
  },
})

async function missingFrom(client: ClusterClient, { target, needs }: z.output<typeof question>): Promise<Missing> {
  if (!needs) return { rights: [] }
  const { minor } = await client.version()
  return missingRights(client, rulesOfSetup(needs, { target, minor, hosted: true }))
}
