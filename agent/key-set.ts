import { enrolmentBody, type RelayedAnswer } from '../lambdas/agent/messages.ts'
import type { ApiServer } from './api-server.ts'
import type { Times } from './configuration.ts'
import { valueIn } from './json.ts'
import { log } from './log.ts'

const keySet = enrolmentBody.shape.keySet

type Keys = ReturnType<typeof keySet.parse>

/** The key set of the API server (RFC 7517), with which the deployment verifies the agent's tokens. */
export class KeySet {
  readonly #apiServer: ApiServer
  readonly #times: Times
  #nextReadAt = 0
  #current: Keys | undefined
  #isAccepted = false

  constructor(apiServer: ApiServer, times: Times) {
    this.#apiServer = apiServer
    this.#times = times
  }

  /** Undefined until the API server has answered. */
  get current(): Keys | undefined {
    return this.#current
  }

  /** The key set, if the deployment has not accepted it since the last read. */
  get unsent(): Keys | undefined {
    return this.#isAccepted ? undefined : this.#current
  }

  /** Notes that the deployment has accepted the current key set. */
  markAccepted(): void {
    this.#isAccepted = true
  }

  /** Notes that the deployment has no key set of this cluster any more. */
  markForgotten(): void {
    this.#isAccepted = false
  }

  /** Reads the key set if it is time to. A failed read keeps the last key set. */
  async refresh(ended: AbortSignal): Promise<void> {
    if (Date.now() < this.#nextReadAt) return
    // Until this read ends, no other one begins.
    this.#nextReadAt = Number.POSITIVE_INFINITY
    const headers = { accept: 'application/jwk-set+json' }
    const read = await this.#apiServer.send({ method: 'GET', path: '/openid/v1/jwks', headers }, ended, keysIn)
    if (read) {
      this.#current = read
      // Sends an unchanged key set again, too: it replaces keys that a caller with a stolen token may have announced.
      this.#isAccepted = false
    }
    this.#nextReadAt = Date.now() + (read ? this.#times.keySetMs : this.#times.retryMaxMs)
  }
}

function keysIn(answer: RelayedAnswer): Keys | undefined {
  if ('failure' in answer) {
    log('error', 'The API server did not answer with its key set: check API_SERVER and ca.crt', answer)
    return undefined
  }
  const keys = answer.status === 200 ? keySet.safeParse(valueIn(answer.body)).data : undefined
  if (!keys) {
    log(
      'error',
      'The API server did not answer with its key set: bind the ClusterRole system:service-account-issuer-discovery to the service account of the agent',
      { status: answer.status },
    )
  }
  return keys
}
