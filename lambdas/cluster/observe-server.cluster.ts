import * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import { observedNode, someNodes } from '../clouds/kubernetes/nodes.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { serverVersion } from '../clouds/kubernetes/version.ts'
import { type Outcome, outcome, outcomeOf } from '../errors/outcome.ts'
import { clusterPart } from '../objects/cluster-part.ts'
import { fingerprints } from '../objects/fingerprint.ts'
import { type Missing, missing, missingRights } from '../rights/missing.ts'
import { rulesOfSetup } from '../rights/needed.ts'
import { target } from '../spec/target.ts'
import { setupNeeds } from '../steps/needs.ts'

const question = z.object({
  target: z.pick(target, { name: true, credentialsSecretArn: true }),
  /** The audience of the token to create: see freshAudience. */
  audience: z.string(),
  /** The rights are checked only if the token names one of these issuers, or if the list is omitted. */
  issuers: z.optional(z.array(z.string())),
  hosted: z.boolean(),
  /** The later writes of the operation, whose rights are checked. Omitted if no rights are checked. */
  needs: z.optional(setupNeeds),
})

const finding = z.object({
  server: outcome(serverVersion),
  token: outcome(z.string()),
  /** Empty if the rights were not checked. */
  missing: outcome(missing),
})

/**
 * The cluster part of CheckCluster. Returns the version of the API server, a token, and the missing rights. A starting
 * API server responds only to some requests. The caller throws the errors of the responses that it needs.
 */
export const observeServer = clusterPart({
  question,
  finding,
  async find(client, question) {
    const making = freshTokenOf(client, question.audience).then(({ token }) => token)
    const [server, token] = await Promise.all([outcomeOf(client.version()), outcomeOf(making)])
    return { server, token, missing: await outcomeOf(missingOf(client, question, { server, token })) }
  },
})

interface Answered {
  readonly server: Outcome<z.output<typeof serverVersion>>
  readonly token: Outcome<string>
}

async function missingOf(
  client: ClusterClient,
  { target, issuers, hosted, needs }: z.output<typeof question>,
  { server, token }: Answered,
): Promise<Missing> {
  if (!needs || 'error' in server || 'error' in token) return { rights: [] }
  if (issuers && !issuers.includes(issuerNamedIn(token.value))) return { rights: [] }
  return missingRights(client, rulesOfSetup(needs, { target, minor: server.value.minor, hosted }))
}

/** The nodes of the cluster, which identify its distribution. */
export const listNodes = clusterPart({
  question: z.object({}),
  finding: z.array(observedNode),
  find: someNodes,
})

/** The fingerprints of the accounts with our label, by `namespace/name`. */
export const listAccounts = clusterPart({
  question: z.object({}),
  finding: z.record(z.string(), z.string()),
  find: async (client) => Object.fromEntries(await fingerprints(client, { apiVersion: 'v1', kind: 'ServiceAccount' })),
})
