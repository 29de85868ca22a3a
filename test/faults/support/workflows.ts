import * as z from 'zod'
import { readWorkflow, stepsOf } from '../../../infra/definition/source.ts'
import { operationError } from '../../../lambdas/errors/recorded.ts'
import { onlyThese } from '../../e2e/support/clusters/rotation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { endState } from '../../e2e/support/runs/end-state.ts'
import { footprint } from '../../e2e/support/runs/footprint.ts'
import type { System } from '../../e2e/support/system.ts'
import type { Edits, Example } from '../../support/api/requests.ts'
import { endedOperation } from './ended-operation.ts'
import type { Failure } from './judge.ts'
import type { OutsideCall } from './outside-calls.ts'
import { removal as removalOfWorkload, removingSteps, second } from './removal.ts'

/** The failure of an operation. Undefined when it succeeded. */
type End = Pick<Failure, 'error' | 'steps'> | undefined

/** A cluster on which a workflow can run repeatedly. */
export interface Subject {
  readonly cluster: string
  /** Sends the request, and waits for the end. */
  run(): Promise<End>
  /** The objects after a successful operation, with placeholders for the names of the subject. */
  state(): Promise<readonly string[]>
}

export interface Workflow {
  readonly name: string
  readonly steps: readonly string[]
  /** Whether all runs use the same cluster, one after the other. */
  readonly usesOneCluster: boolean
  /** Selects the calls to try. Default: all. */
  readonly tries?: (call: OutsideCall) => boolean
  prepare(system: System): Promise<Subject>
}

const oldImage = { 'webhook.image': 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0' }
const newImage = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'

/** The minimum that a request may have, because a permanent fault delays the end until this deadline. */
const soonNotReady = { 'cluster.readyTimeoutMinutes': 5 }

const setups = (['setup', 'csr-cluster'] as const).map(
  (example): Workflow => ({
    name: example === 'setup' ? 'setup' : 'setup (csr)',
    steps: stepsOfWorkflows('setup'),
    usesOneCluster: false,
    async prepare(system) {
      const { name, body } = await ownCluster(system, 'faulty', example)
      return {
        cluster: name,
        run: () => started(system, '/v1/setups', body(soonNotReady)),
        state: () => endState(system, name),
      }
    },
  }),
)

let toRotate: Promise<{ readonly name: string }> | undefined

const rotation: Workflow = {
  name: 'rotation',
  steps: stepsOfWorkflows('rotate-thumbprints', 'clusters', 'verify'),
  usesOneCluster: true,
  async prepare(system) {
    toRotate ??= setUp(system, 'setup')
    const { name } = await toRotate
    return { cluster: name, run: () => rotated(system, name), state: () => endState(system, name) }
  },
}

/** A setup with another webhook. */
const upgrade: Workflow = {
  name: 'upgrade',
  steps: stepsOfWorkflows('setup'),
  usesOneCluster: false,
  async prepare(system) {
    const { name, body } = await setUp(system, 'setup', oldImage)
    return {
      cluster: name,
      run: () => started(system, '/v1/setups', body({ ...soonNotReady, 'webhook.image': newImage })),
      state: () => endState(system, name),
    }
  },
}

const teardown: Workflow = {
  name: 'teardown',
  steps: stepsOfWorkflows('teardown'),
  usesOneCluster: false,
  async prepare(system) {
    const { name } = await setUp(system, 'csr-cluster')
    return { cluster: name, run: () => tornDown(system, name), state: () => footprint(system, name) }
  },
}

/** A setup of a spec with one workload less. Other setups have its other calls. */
const removal: Workflow = {
  name: 'removal',
  steps: stepsOfWorkflows('setup'),
  usesOneCluster: false,
  tries: ({ step = '', operation }) => removingSteps.includes(step) || operation.includes(second.namespace),
  async prepare(system) {
    const { request, ...subject } = await removalOfWorkload(system)
    return { ...subject, run: async () => endOfAccepted(system, await request()) }
  },
}

export const workflows: readonly Workflow[] = [...setups, upgrade, removal, teardown, rotation]

/** @throws {RangeError} for an unknown name */
export function workflowOf(name: string): Workflow {
  const found = workflows.find((each) => each.name === name)
  if (!found) throw new RangeError(`no workflow ${name}`)
  return found
}

function stepsOfWorkflows(...names: readonly string[]): string[] {
  return names.flatMap((name) => stepsOf(readWorkflow(name)))
}

async function setUp(system: System, example: Exclude<Example, 'existing-cluster'>, edits: Edits = {}) {
  const made = await ownCluster(system, 'faulty', example)
  const operation = await system.setUp(made.body(edits))
  if (operation.error) throw new Error(`the setup before: ${JSON.stringify(operation.error)}`)
  return made
}

async function started(system: System, path: string, body: unknown): Promise<End> {
  return endOf(await endedOperation(system, await system.send(path, body)))
}

async function endOfAccepted(system: System, response: Response): Promise<End> {
  const location = response.headers.get('location')
  if (!response.ok || !location) throw new Error(`the API answers ${response.status} ${await response.text()}`)
  return endOf(await endedOperation(system, location))
}

/** Tears the cluster down. Succeeds when the cluster does not exist. */
async function tornDown(system: System, name: string): Promise<End> {
  const response = await system.delete(`/v1/clusters/${name}?deleteCluster=true`)
  if (response.status === 404) return undefined
  return endOf(await endedOperation(system, response.headers.get('location') ?? ''))
}

const rotatedClusters = z.object({
  clusters: z.array(
    z.object({ cluster: z.string(), verificationId: z.string().optional(), error: z.optional(operationError) }),
  ),
})

/** Rotates only this cluster, and waits for the verification that the rotation starts. */
async function rotated(system: System, name: string): Promise<End> {
  let end: End
  await onlyThese(system, [name], async () => {
    const rotation = await endedOperation(system, await system.send('/v1/rotations', {}))
    const { clusters } = rotatedClusters.parse(rotation.result)
    const { error, verificationId } = clusters.find(({ cluster }) => cluster === name) ?? {}
    // The rotation only repeats the error of the verification.
    if (verificationId !== undefined) end = endOf(await endedOperation(system, `/v1/operations/${verificationId}`))
    else if (error) end = { error, steps: rotation.steps }
    else throw new Error(`${name} was not verified: ${JSON.stringify(rotation)}`)
  })
  return end
}

function endOf({ error, steps }: Awaited<ReturnType<typeof endedOperation>>): End {
  return error && { error, steps }
}
