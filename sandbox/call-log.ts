/** One call that a server of the sandbox answered. */
export interface Call {
  /** Milliseconds since the epoch, when the call came in. */
  readonly at: number
  /** Who called, as the server knows the caller: a user name, a role ARN, an e-mail address. */
  readonly actor: string
  /** What was called: `iam:CreateRole`, `PATCH /api/v1/namespaces/default`, `storage.buckets.insert`. */
  readonly operation: string
  /** What it was done to: an ARN, a path, a bucket. */
  readonly object: string
  /** True only for a mutation that was done: dry runs and refused calls are none. */
  readonly write: boolean
  readonly durationMs?: number
  /** The User-Agent, where the server keeps it: Kubernetes and Google. */
  readonly agent?: string
  /** The step that called, where the server knows it: AWS. Left out or empty when no step did. */
  readonly step?: string
  /** Of DynamoDB: the keys of the items; of a query, the values that its condition compares with. */
  readonly keys?: readonly string[]
}

/** What the tests read from every server of the sandbox. */
export interface CallLog {
  all(): Promise<readonly Call[]> | readonly Call[]
  clear(): Promise<void> | void
}

/** More than any test makes, and little enough for a sandbox that runs for days. */
const mostCalls = 100_000

/** A server in this process keeps its newest calls here. */
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
