/** A call that a server of the sandbox has answered. */
export interface Call {
  /** Milliseconds since the epoch, when the call came in. */
  readonly at: number
  /** The caller: a user name, a role ARN, an e-mail address. */
  readonly actor: string
  /** `iam:CreateRole`, `PATCH /api/v1/namespaces/default`, `storage.buckets.insert` */
  readonly operation: string
  /** An ARN, a path, a bucket. */
  readonly object: string
  /** False for dry runs and refused calls. */
  readonly write: boolean
  readonly durationMs?: number
  /** The User-Agent: Kubernetes and Google only. */
  readonly agent?: string
  /** The step that called: AWS only. Omitted or empty for other callers. */
  readonly step?: string
  /** DynamoDB only: the keys of the items, or the values in the key condition of a query. */
  readonly keys?: readonly string[]
}

/** The log of a server of the sandbox, for tests. */
export interface CallLog {
  all(): Promise<readonly Call[]> | readonly Call[]
  clear(): Promise<void> | void
}

/** More calls than any test makes. The limit bounds the memory of a sandbox that runs for days. */
const mostCalls = 100_000

export class MemoryCallLog implements CallLog {
  #calls: Call[] = []

  add(call: Call): void {
    this.#calls.push(call)
    if (this.#calls.length > mostCalls) this.#calls.splice(0, mostCalls / 2)
  }

  all(): readonly Call[] {
    return [...this.#calls]
  }

  clear(): void {
    this.#calls = []
  }
}
