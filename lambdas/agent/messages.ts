/** The messages between the deployment and the agent of a cluster, which relays requests to the cluster's API server. */
import * as z from 'zod/mini'

/** One request to the API server. The agent adds its own token to it. */
export const relayedRequest = z.object({
  method: z.enum(['DELETE', 'GET', 'PATCH', 'POST', 'PUT']),
  /** Path and query. */
  path: z.string().check(z.startsWith('/')),
  headers: z.record(z.string(), z.string()),
  body: z.optional(z.string()),
})

export type RelayedRequest = z.output<typeof relayedRequest>

const relayFailures = ['repeats-token', 'too-large', 'too-late', 'unreachable', 'untrusted'] as const

/** The response of the API server, or why there is none. */
export const relayedAnswer = z.union([
  z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
  z.object({ failure: z.enum(relayFailures), code: z.optional(z.string()) }),
])

export type RelayedAnswer = z.output<typeof relayedAnswer>

/** A JWE in compact serialization: see sealing.ts. */
const sealedText = z.string().check(z.regex(/^[\w.-]+$/))

/** The facts that the agent sends in each call for work. */
export const agentFacts = z.object({
  // The portal, terminals and messages show the version and the server. A compromised agent can choose both, so the
  // patterns are strict.
  /** The version of the agent. */
  version: z.string().check(z.regex(/^[\w.+-]{1,64}$/)),
  /** The URL of the API server, as pods reach it, without a path. */
  server: z.string().check(z.maxLength(300), z.regex(/^https:\/\/[\w.:[\]-]+$/)),
  /** PEM of the certificate authorities that sign the API server's certificate. */
  authorities: z.string().check(z.maxLength(50_000)),
  /**
   * The public key to which requests are sealed: X25519, base64url. The agent has the private key in memory only.
   */
  publicKey: z.string().check(z.regex(/^[\w-]{43}$/)),
})

export type AgentFacts = z.output<typeof agentFacts>

/** The most keys of an agent, and of a key set that it announces. */
export const mostKeys = 50

/** The key set of the API server (RFC 7517). */
const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).check(z.maxLength(mostKeys)) })

/** The body of `POST /v1/agents/{cluster}/enrolment`. */
export const enrolmentBody = z.object({
  /** The code from `wid enroll`. */
  code: z.string().check(z.maxLength(100)),
  keySet,
  facts: agentFacts,
})

/** The body of `POST /v1/agents/{cluster}/work`. */
export const workBody = z.object({
  facts: agentFacts,
  /** Omitted if the deployment has accepted the key set since the agent last read it. */
  keySet: z.optional(keySet),
  /** IDs of the requests on which the agent is working. The response omits them. */
  working: z.array(z.uuid()).check(z.maxLength(200)),
})

export const workAnswer = z.object({
  requests: z.array(
    z.object({
      id: z.uuid(),
      sealed: sealedText,
      /** Seconds for which the function still waits for the answer, from the start of the agent's call. */
      seconds: z.number(),
    }),
  ),
  /** Seconds until the agent calls again. */
  nextCallInSeconds: z.number(),
})

/** The longest sealed answer, in characters. An item of the table has at most 400 KB. */
export const longestAnswer = 380_000

/** The body of `POST /v1/agents/{cluster}/answers/{id}`. */
export const answerBody = z.object({ sealed: sealedText.check(z.maxLength(longestAnswer)) })
