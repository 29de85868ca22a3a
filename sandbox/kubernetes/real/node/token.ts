import type { ApiClient } from '../../api-client.ts'
import { asString, at, type JsonObject, type KubeObject } from '../../objects.ts'

/** A kubelet asks for a new token when this part of the old one's life is over. */
const usedPart = 0.8

/** Tokens for a pod's service account, bound to the pod: each is asked for once, and again when it gets old. */
export class PodTokens {
  readonly #client: ApiClient
  readonly #pod: KubeObject
  readonly #known = new Map<string, { readonly token: string; readonly renewAt: number }>()

  constructor(client: ApiClient, pod: KubeObject) {
    this.#client = client
    this.#pod = pod
  }

  /** @param source the serviceAccountToken of a projected volume */
  async token({ audience, expirationSeconds }: JsonObject): Promise<string> {
    const key = JSON.stringify([audience, expirationSeconds])
    const known = this.#known.get(key)
    if (known && known.renewAt > Date.now()) return known.token
    const { namespace = '', name, uid } = this.#pod.metadata
    const account = asString(at(this.#pod, 'spec', 'serviceAccountName'))
    const answer = await this.#client.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === undefined ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    })
    const token = asString(at(answer, 'status', 'token'))
    const life = Date.parse(asString(at(answer, 'status', 'expirationTimestamp'))) - Date.now()
    this.#known.set(key, { token, renewAt: Date.now() + life * usedPart })
    return token
  }
}
