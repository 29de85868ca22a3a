import { enrolmentBody, type RelayedAnswer } from '../lambdas/agent/messages.ts'
import type { ApiServer } from './api-server.ts'
import type { Times } from './configuration.ts'
import { valueIn } from './json.ts'
import { log } from './log.ts'

const keySet = enrolmentBody.shape.keySet

type Keys = ReturnType<typeof keySet.parse>

/** The key set of the API server (RFC 7517), with which the deployment verifies tokens of the cluster. */
export class KeySet {
  readonly #apiServer: ApiServer
  readonly #times: Times
  #nextReadAt = 0
  #current: Keys | undefined
  #acceptedText: string | undefined

  constructor(apiServer: ApiServer, times: Times) {
    this.#apiServer = apiServer
    this.#times = times
  }

  /** Undefined until the API server has answered. */
  get current(): Keys | undefined {
    return this.#current
  }

  /** The key set, if the deployment has not accepted it yet. */
  get unsent(): Keys | undefined {
    return this.#current && textOf(this.#current) !== this.#acceptedText ? this.#current : undefined
  }

  /** The deployment has accepted this key set. */
  accepted(keys: Keys): void {
    this.#acceptedText = textOf(keys)
  }

  /** The deployment has no key set of this cluster any more. */
  forgotten(): void {
    this.#acceptedText = undefined
  }

  /** Reads the key set if it is time to. A failed read keeps the last key set. */
  async refresh(ended: AbortSignal): Promise<void> {
    if (Date.now() < this.#nextReadAt) return
    const headers = { accept: 'application/jwk-set+json' }
    const read = await this.#apiServer.send({ method: 'GET', path: '/openid/v1/jwks', headers }, ended, keysIn)
    if (read) this.#current = read
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

/** The same text for the same keys in another order, as another API server of the cluster may return them. */
function textOf({ keys }: Keys): string {
  return JSON.stringify(keys.map((key) => JSON.stringify(key)).sort())
}
