import type { ApiClient } from '../api-client.ts'
import { Mirror } from '../clusters/mirror.ts'
import { at, stringMap } from '../objects/objects.ts'

/** The annotations of every service account, as the real webhook's informer has them. */
export class ServiceAccountCache {
  readonly #accounts: Mirror

  constructor(client: ApiClient) {
    this.#accounts = new Mirror(client, '/api/v1/serviceaccounts')
  }

  /** Undefined for an account that the cache does not (yet) have. */
  annotationsOf(namespace: string, name: string): Readonly<Record<string, string>> | undefined {
    const account = this.#accounts.get(namespace, name)
    return account && stringMap(at(account, 'metadata', 'annotations'))
  }

  close(): Promise<void> {
    return this.#accounts.close()
  }
}
