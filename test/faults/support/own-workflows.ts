import { endState } from '../../e2e/support/end-state.ts'
import { footprint } from '../../e2e/support/footprint.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import type { System } from '../../e2e/support/system.ts'

/** A cluster to which a request is sent. */
export interface OwnSubject {
  readonly cluster: string
  request(): Promise<Response>
  /** What there is after an operation that has ended well, in words that are the same for each subject. */
  state(): Promise<readonly string[]>
  /** Puts back what the subject needed. */
  end?(): void
}

export interface OwnWorkflow {
  readonly name: string
  /** The status of an operation that has ended as it should. */
  readonly ends: 'succeeded' | 'failed' | 'cancelled'
  /** The functions whose calls are tried. */
  readonly callers: RegExp
  prepare(system: System): Promise<OwnSubject>
}

const soonNotReady = { 'cluster.readyTimeoutMinutes': 5 }

const setup: OwnWorkflow = {
  name: 'setup (record)',
  ends: 'succeeded',
  callers: /./,
  async prepare(system) {
    const { name, body } = await ownCluster(system, 'faulty')
    return {
      cluster: name,
      request: () => system.post(body(soonNotReady)),
      state: () => endState(system, name),
    }
  },
}

const teardown: OwnWorkflow = {
  name: 'teardown (record)',
  ends: 'succeeded',
  callers: /./,
  async prepare(system) {
    const { name, body } = await ownCluster(system, 'faulty')
    await setUp(system, body())
    return {
      cluster: name,
      request: () => system.delete(`/v1/clusters/${name}?deleteCluster=true`),
      state: () => footprint(system, name),
    }
  },
}

let toRotate: Promise<string> | undefined

/** Of the one cluster of its sandbox. */
const rotation: OwnWorkflow = {
  name: 'rotation (record)',
  ends: 'succeeded',
  callers: /./,
  async prepare(system) {
    toRotate ??= (async () => {
      const { name, body } = await ownCluster(system, 'faulty')
      await setUp(system, body())
      return name
    })()
    const name = await toRotate
    return { cluster: name, request: () => system.postTo('/v1/rotations', {}), state: () => endState(system, name) }
  },
}

/** Of a setup that waits for its cluster. */
const cancellation: OwnWorkflow = {
  name: 'cancellation (record)',
  ends: 'cancelled',
  // The step that waits may or may not be called meanwhile.
  callers: /^(ApiCancel|Reconciler)/,
  async prepare(system) {
    const { kubernetes } = system.sandbox
    const before = kubernetes.provisioningMs
    kubernetes.provisioningMs = 3_600_000
    const { name, body } = await ownCluster(system, 'faulty')
    const location = await system.start(body())
    await system.until(location, ({ steps }) => steps.some(({ status }) => status === 'waiting'))
    return {
      cluster: name,
      request: () => system.postTo(`${location}/cancel`, {}),
      state: async () => [],
      end: () => {
        kubernetes.provisioningMs = before
      },
    }
  },
}

/** Of a setup whose credentials are not there. */
const failure: OwnWorkflow = {
  name: 'failure (record)',
  ends: 'failed',
  callers: /^(RecordFailure|Reconciler)/,
  async prepare(system) {
    const { name, body } = await ownCluster(system, 'faulty')
    const absent = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${name}/absent`
    return {
      cluster: name,
      request: () => system.post(body({ 'cluster.management.credentialsSecretArn': absent })),
      state: async () => [],
    }
  },
}

export const ownWorkflows: readonly OwnWorkflow[] = [setup, teardown, rotation, cancellation, failure]

/** @throws {RangeError} when there is none of this name */
export function ownWorkflowOf(name: string): OwnWorkflow {
  const found = ownWorkflows.find((each) => each.name === name)
  if (!found) throw new RangeError(`there is no workflow ${name}`)
  return found
}

async function setUp(system: System, body: unknown): Promise<void> {
  const { error } = await system.setUp(body)
  if (error) throw new Error(`the setup before: ${JSON.stringify(error)}`)
}
