/** Changes the webhook of a test's cluster with the deployed workflow `setup` and its steps. */
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeFailure } from '../../../lambdas/errors/failure-codec.ts'
import { StepError } from '../../../lambdas/errors/step-errors.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record/record.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import { type Webhook, webhook as webhookSchema } from '../../../lambdas/spec/setup-request.ts'
import type { StepResult } from '../../../lambdas/steps/contract.ts'
import { description as activateWebhook } from '../../../lambdas/webhook/activate-webhook.step.ts'
import type { InstalledWebhook } from '../../../lambdas/webhook/desired/installed.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { exampleRequest } from '../api/requests.ts'
import { foundStatus, stepContext } from '../steps/step-context.ts'
import { runStep } from '../steps/steps.ts'
import { allWell, setupMachine } from '../workflows/setup-workflow.ts'
import { runWorkflow, type TaskCall, type WorkflowRun } from '../workflows/workflow.ts'
import { payloadOf } from '../workflows/workflow-parts.ts'

export interface Changeable {
  readonly cluster: AnyCluster
  readonly minor: number
  /** The namespace of the webhook. */
  readonly namespace: string
  readonly target: { readonly name: string; readonly credentialsSecretArn: string }
}

export interface ChangeAsk extends Partial<Webhook> {
  readonly adopt?: boolean
  /** Called before each step, with its state. */
  readonly before?: (state: string) => Promise<void> | void
}

export interface Changed extends WorkflowRun {
  /** The changes of all steps. */
  readonly changes: readonly Change[]
  /** The first state whose step has failed. */
  readonly failedIn?: string
  /** The webhook that ActivateWebhook would record. */
  readonly recorded?: InstalledWebhook
}

/** The real time of a Wait of the workflow. Real pods need more time. */
const waitMs = (cluster: AnyCluster) => (cluster instanceof Cluster ? 60 : 400)

/** The recorded webhook of each cluster. */
const records = new WeakMap<AnyCluster, Pick<ClusterStatus, 'webhook' | 'webhookCandidate'>>()

const ofWebhook = /^(DeployWebhook|ApproveCsr|CheckWebhook|ActivateWebhook|\w+Candidate|DeleteCsrs)$/

/** Runs the workflow to its end, and retains its record for the next run. */
export async function changeWebhook(made: Changeable, options: ChangeAsk = {}): Promise<Changed> {
  const { adopt = false, before, ...webhook } = options
  const { cluster, namespace, target } = made
  const { cluster: example, ...rest } = exampleRequest('existing-cluster')
  const request = {
    ...rest,
    cluster: { ...example, ...target },
    webhook: webhookSchema.parse({ namespace, ...webhook }),
    workloads: [],
    adopt,
  }
  const changes: Change[] = []
  let failedIn: string | undefined
  let recorded: InstalledWebhook | undefined
  const record = (known: Pick<ClusterStatus, 'webhook' | 'webhookCandidate'>) =>
    records.set(cluster, { ...records.get(cluster), ...known })
  const doTask = async (call: TaskCall) => {
    const { state } = call
    if (!ofWebhook.test(state)) return stubbed(call)
    await before?.(state)
    if (state === 'DeployCandidate') record({ webhookCandidate: true })
    const result = await step(call, made).catch((error: unknown) => {
      failedIn ??= state
      throw error
    })
    changes.push(...(result.changes ?? []))
    if ('waiting' in result) {
      await sleep(waitMs(cluster))
      return answer({ ready: false, reason: result.waiting.reason })
    }
    record(knownFrom(call, result.output))
    if (state === 'ActivateWebhook') recorded = installedIn(call)
    return answer({ ready: true, ...result.output })
  }
  const run = await runWorkflow(setupMachine, { operationId: 'operation-1', request }, doTask)
  return { ...run, changes, ...(failedIn !== undefined && { failedIn }), ...(recorded && { recorded }) }
}

/** As `changeWebhook`, for a change that must succeed. */
export async function changedWebhook(made: Changeable, options: ChangeAsk): Promise<readonly Change[]> {
  const { status, error, cause, changes } = await changeWebhook(made, options)
  if (status === 'SUCCEEDED') return changes
  throw new Error(`${error}: ${cause}`)
}

/** The record that a successful step writes about the webhook. */
function knownFrom(call: TaskCall, output: object): Pick<ClusterStatus, 'webhook' | 'webhookCandidate'> {
  if (call.state === 'ActivateWebhook') return { webhook: installedIn(call) }
  return call.state === 'RemoveCandidate' && 'removed' in output ? { webhookCandidate: !output.removed } : {}
}

function installedIn(call: TaskCall): InstalledWebhook {
  return activateWebhook.input.parse(payloadOf(call).input).installed
}

function stubbed(call: TaskCall) {
  const stub = allWell[call.state]
  const given = typeof stub === 'function' ? stub(call) : stub
  if (given instanceof Error) throw given
  return answer(given ?? {})
}

function answer(Payload: object) {
  return { StatusCode: 200, Payload }
}

/** The error as the workflow gets it from Lambda. */
function asLambda(step: string, { name, object, reason, action }: StepError): Error {
  const cause = JSON.stringify({ errorMessage: encodeFailure({ name, object, reason, action, step }) })
  return Object.assign(new Error(cause), { name, toString: () => cause })
}

const issuerUrl = 'https://issuer.example/prod'

async function step(call: TaskCall, { cluster, minor: kubernetesMinor }: Changeable): Promise<StepResult<object>> {
  const status = { ...foundStatus({ issuerUrl, kubernetesMinor }), ...records.get(cluster) }
  try {
    return await runStep(call.state, payloadOf(call).input, stepContext('prod', 20_000, false, status))
  } catch (error) {
    if (error instanceof StepError) throw asLambda(call.state, error)
    throw error
  }
}
