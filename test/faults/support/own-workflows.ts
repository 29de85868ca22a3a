import { ownCluster } from '../../e2e/support/requests.ts'
import { endState } from '../../e2e/support/runs/end-state.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import { desiredState } from '../../e2e/support/runs/recorded.ts'
import type { System } from '../../e2e/support/system.ts'
import { removal as removalOfWorkload, withSecond } from './removal.ts'

/** A cluster to which a request is sent. */
export interface OwnSubject {
  readonly cluster: string
  request(): Promise<Response>
  /** The objects after a successful operation, with placeholders for the names of the subject. */
  state(): Promise<readonly string[]>
  /** Undefined when the request starts its operation immediately. */
  readonly waitsFor?: WaitsFor
  /** Restores what `prepare` has changed. */
  end?(): void
}

/** The operation that the request's operation waits for. */
export interface WaitsFor {
  readonly location: string
  /** Lets it continue to its end. */
  release(): void
}

export interface OwnWorkflow {
  readonly name: string
  /** The expected final status of the operation. */
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

/** A rotation of the only cluster of its sandbox. */
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

/** The cancellation of a setup that waits for its cluster. */
const cancellation: OwnWorkflow = {
  name: 'cancellation (record)',
  ends: 'cancelled',
  // Whether the waiting step is called meanwhile depends on timing.
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

/** A setup whose credentials do not exist. */
const failure: OwnWorkflow = {
  name: 'failure (record)',
  ends: 'failed',
  callers: /^Reconciler/,
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

/** A setup of a spec with one workload less, for the steps that remove it, and the one that deletes its record. */
const removal: OwnWorkflow = {
  name: 'removal (record)',
  ends: 'succeeded',
  callers: /^(UnbindKsa|DeleteRole|RecordResult)/,
  prepare: removalOfWorkload,
}

/** A PUT during the first setup of its cluster. A second operation applies the new spec. */
const waiting: OwnWorkflow = {
  name: 'waiting (record)',
  ends: 'succeeded',
  callers: /^(ApiStart|Reconciler)/,
  async prepare(system) {
    const { kubernetes } = system.sandbox
    const { name, body } = await ownCluster(system, 'faulty')
    const setSchedulable = (value: boolean) => {
      const cluster = kubernetes.cluster(name)
      if (cluster) cluster.isSchedulable = value
    }
    kubernetes.onClusterUp((up) => {
      if (up === name) setSchedulable(false)
    })
    const location = await system.start(body())
    const isWaiting = (step: { state: string; status: string }) =>
      step.state === 'CheckWebhook' && step.status === 'waiting'
    await system.until(location, ({ steps }) => steps.some(isWaiting))
    // A second request with the same key is the same request.
    const headers = { 'idempotency-key': name }
    return {
      cluster: name,
      request: () => system.putTo(`/v1/clusters/${name}`, body(withSecond), headers),
      state: () => desiredState(system, name),
      waitsFor: { location, release: () => setSchedulable(true) },
    }
  },
}

export const ownWorkflows: readonly OwnWorkflow[] = [setup, teardown, rotation, cancellation, failure, removal, waiting]

/** @throws {RangeError} for an unknown name */
export function ownWorkflowOf(name: string): OwnWorkflow {
  const found = ownWorkflows.find((each) => each.name === name)
  if (!found) throw new RangeError(`no workflow ${name}`)
  return found
}

async function setUp(system: System, body: unknown): Promise<void> {
  const { error } = await system.setUp(body)
  if (error) throw new Error(`the setup before: ${JSON.stringify(error)}`)
}
