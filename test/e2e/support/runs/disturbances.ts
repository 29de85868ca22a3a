import { setTimeout as sleep } from 'node:timers/promises'
import { readWorkflow, stepsOf } from '../../../../infra/definition/source.ts'
import { itemOf } from '../../../../lambdas/ownership/ownership.ts'
import { comparedRequest } from '../../../../lambdas/steps/compared-request.ts'
import type { AwsFault } from '../../../../sandbox/aws/server.ts'
import type { Interruption, MemoryFaults } from '../../../../sandbox/faults.ts'
import { exampleRequest } from '../../../support/api/requests.ts'
import { roleArnOf } from '../../../support/aws/roles.ts'
import { stepOf } from '../../../support/steps/steps.ts'
import { stopExecution } from '../aws-clients.ts'
import type { System } from '../system.ts'

/** How a step is disturbed. */
type Way = 'killed once' | 'killed until the setup fails' | 'not answered' | 'stopped'

/** Disturbances after which the setup succeeds. */
export const healing = ['killed once', 'not answered'] as const satisfies readonly Way[]

/** Disturbances after which the request has to be sent again. */
export const ending = ['killed until the setup fails', 'stopped'] as const satisfies readonly Way[]

/** Waits until the disturbance has happened. Call it after the start of the disturbed operation. */
type Happened = () => Promise<void>

export interface Disturbed {
  readonly system: System
  readonly cluster: string
  readonly steps: readonly string[]
  readonly way: Way
}

/** A disturbance of one step. */
interface Target extends Omit<Disturbed, 'steps'> {
  readonly step: string
  /** Resolves when the disturbed operation has started. */
  readonly operationId: () => Promise<string>
}

type Server = 'google' | 'management' | 'user cluster' | 'aws'

/** The call in which a step is disturbed. */
interface Spot {
  readonly server: Server
  readonly operation: string
  readonly object?: string
  /** Text in the request, where the object does not identify the cluster. */
  readonly body?: string
  readonly write?: boolean
  /** Each attempt of the step makes the call, so that all attempts can be killed at it. */
  readonly repeated?: true
}

const remove = (server: Server, object: string): Spot => ({ server, operation: 'DELETE *', object, write: true })
const patch = (server: Server, object: string): Spot => ({ server, operation: 'PATCH *', object, write: true })
const atAws = (operation: string, object: string): Spot => ({ server: 'aws', operation, object })
const readsSecret = (name: string): Spot => ({
  ...atAws('secretsmanager:GetSecretValue', `*:secret:workload-identity/${name}*`),
  repeated: true,
})
const ofBucket = (operation: string, name: string): Spot => ({
  server: 'google',
  operation: `storage.buckets.${operation}`,
  object: `${name}-discovery`,
  write: true,
})
/** The transaction that records the end and releases the lock. */
const recordsEnd = (name: string): Spot => ({
  server: 'aws',
  operation: 'dynamodb:TransactWriteItems',
  body: `CLUSTER#${name}"`,
})

/**
 * The first or most important write of a step whose description does not have it. For a step without writes, a call that only
 * this step makes.
 */
const spots: Readonly<Record<string, (name: string) => Spot>> = {
  CreateBucket: (name) => ofBucket('insert', name),
  CheckCluster: (name) => readsSecret(`${name}/user-cluster`),
  DeployWebhook: () => patch('user cluster', 'ClusterRoleBinding pod-identity-webhook'),
  ApproveCsr: () => ({ server: 'user cluster', operation: 'PUT *approval', write: true }),
  CheckWebhook: () => patch('user cluster', 'MutatingWebhookConfiguration *canary*'),
  RegisterOidc: (name) => atAws('iam:CreateOpenIDConnectProvider', `*/${name}-discovery/*`),
  CreateRole: (name) => atAws('iam:CreateRole', roleArnOf(name)),
  // The request for a token of the workload.
  Verify: () => ({ server: 'user cluster', operation: 'POST *', object: 'ServiceAccount default/s3-reader' }),
  RecordResult: recordsEnd,
  ObserveCluster: (name) => readsSecret(`${name}/management`),
  UnbindKsa: () => remove('user cluster', 'ServiceAccount default/s3-reader'),
  DeleteRole: (name) => atAws('iam:DeleteRole', roleArnOf(name)),
  RemoveWebhook: () => remove('user cluster', 'MutatingWebhookConfiguration pod-identity-webhook'),
  DeleteCluster: (name) => remove('management', `AWSNodePool default/${name}-pool`),
  DeleteProvider: (name) => atAws('iam:DeleteOpenIDConnectProvider', `*/${name}-discovery/*`),
  EmptyBucket: (name) => ofBucket('delete', name),
  RecordTeardown: recordsEnd,
}

/** For any other step: the write of the first object in its description, otherwise its read of the cluster's status. */
function describedSpot(step: string, name: string): Spot {
  const { description } = stepOf(step)
  const example = exampleRequest('csr-cluster')
  const request = comparedRequest.parse({ ...example, cluster: { ...example.cluster, name } })
  const [item = ''] = request.workloads.map(itemOf)
  const [object] = description.compared?.objects?.(request, item) ?? []
  if (description.client !== 'kubernetes' || object === undefined)
    return { server: 'aws', operation: 'dynamodb:BatchGetItem', body: `CLUSTER#${name}"`, repeated: true }
  const isOfManagement = description.kubernetes.every(({ place }) => place === 'management')
  return patch(isOfManagement ? 'management' : 'user cluster', object)
}

/** Steps that the examples do not run, because their clusters publish their keys in buckets. */
const ofHostedIssuers = ['PublishDiscovery', 'CheckIssuer', 'RemoveDiscovery']
const stepsOfExamples = (workflow: string) =>
  stepsOf(readWorkflow(workflow)).filter((step) => !ofHostedIssuers.includes(step))

export const teardownSteps: readonly string[] = stepsOfExamples('teardown')

/** Steps that a first setup does not run: those of a changed webhook, and of removed workloads. */
const ofChanges = /Candidate$|^(PutBack|DeleteCsrs|UnbindKsa|DeleteRole)$/

/** All steps of a first setup that can be disturbed. */
export const steps: readonly string[] = stepsOfExamples('setup').filter((step) => !ofChanges.test(step))

/** Starts a setup or a teardown of the cluster that is disturbed in each of the steps. */
export async function startDisturbed(
  { steps: disturbed, ...what }: Disturbed,
  start: () => Promise<string>,
): Promise<{ readonly location: string; readonly happened: Happened }> {
  const started = Promise.withResolvers<string>()
  const operationId = async () => (await started.promise).split('/').at(-1) ?? ''
  const armed = await Promise.all(disturbed.map((step) => arm({ ...what, step, operationId })))
  const location = await start()
  started.resolve(location)
  return { location, happened: async () => void (await Promise.all(armed.map((happened) => happened()))) }
}

function arm(target: Target): Promise<Happened> {
  const { step, cluster } = target
  const spot = spots[step]?.(cluster) ?? describedSpot(step, cluster)
  return spot.server === 'aws' ? armAtAws(target, spot) : armInProcess(target, spot)
}

/** The servers of this process run the disturbance before they answer. */
async function armInProcess(target: Target, { server, operation, object, write }: Spot): Promise<Happened> {
  const { system, cluster, way } = target
  const { promise: happened, resolve, reject } = Promise.withResolvers<void>()
  const happen = async () => {
    if (way === 'stopped') await stop(target)
    if (way === 'killed until the setup fails') await killAtStart(target)
    if (way.startsWith('killed')) await killNow(target)
  }
  const interruption: Interruption = {
    operation,
    ...(object !== undefined && { object }),
    ...(write !== undefined && { write }),
    // The step of a stopped execution continues.
    answer: way === 'stopped' ? 'sent' : 'dropped',
    meanwhile: () => happen().then(resolve, reject),
  }
  whenServerExists(system, server, cluster, (faults) => faults.interrupt(interruption))
  return () => happened
}

async function stop({ system, operationId }: Target): Promise<void> {
  const id = await operationId()
  const { kind } = await system.observe(`/v1/operations/${id}`)
  await stopExecution(system, id, kind === 'teardown' ? 'Teardown' : 'Setup')
}

async function killNow({ system: { sandbox }, step, cluster }: Target): Promise<void> {
  if ((await sandbox.aws.killFunction(step, `"${cluster}"`)) === 0) throw new Error(`${step} was not running`)
}

/** The sandbox's AWS runs in another process, which gets the disturbance in advance. */
async function armAtAws(target: Target, spot: Spot): Promise<Happened> {
  const { system, cluster, step, way } = target
  const { faults } = system.sandbox.aws
  const kind = { 'not answered': 'drop-response', stopped: 'delay' } as const
  const isUntilItFails = way === 'killed until the setup fails'
  const { operation, object = '*', body = '', repeated = false } = spot
  const fault: AwsFault = {
    kind: way === 'not answered' || way === 'stopped' ? kind[way] : 'kill-caller',
    operation,
    object,
    body,
    step,
    event: `"${cluster}"`,
    times: isUntilItFails && repeated ? attempts : 1,
    // The execution is stopped meanwhile, also on a busy machine.
    ...(way === 'stopped' && { delayMs: 3000 }),
  }
  await faults.add(fault)
  // Not awaited, because the operation gets its ID only when it starts.
  const more = isUntilItFails && !repeated ? killAtStart(target) : undefined
  const isArmed = async () =>
    (await faults.armed()).some((each) => each.event === fault.event && each.operation === operation)
  return async () => {
    const deadline = Date.now() + patienceMs
    while (await isArmed()) {
      if (Date.now() > deadline) throw new Error(`${step} of ${cluster} made no call ${operation}`)
      await sleep(pollMs)
    }
    await more
    if (way === 'stopped') await stop(target)
  }
}

const pollMs = 50
const patienceMs = 120_000

/** The number of times that the state machine runs a step whose function is killed. */
const attempts = 3

/** Kills the next two attempts when they read whether their operation has ended. */
async function killAtStart({ system, cluster, step, operationId }: Target): Promise<void> {
  await system.sandbox.aws.faults.add({
    kind: 'kill-caller',
    operation: 'dynamodb:BatchGetItem',
    body: `OPERATION#${await operationId()}"`,
    step,
    event: `"${cluster}"`,
    times: attempts - 1,
  })
}

/** The server of a cluster that the setup creates exists only later. */
function whenServerExists(system: System, server: Server, name: string, use: (faults: MemoryFaults) => void): void {
  const { google, kubernetes } = system.sandbox
  const servers = {
    google,
    management: kubernetes.management,
    aws: undefined,
    'user cluster': kubernetes.cluster(name),
  }
  const existing = servers[server]
  if (existing) {
    use(existing.faults)
    return
  }
  kubernetes.onClusterUp((up) => {
    const made = up === name ? kubernetes.cluster(name) : undefined
    if (made) use(made.faults)
  })
}
