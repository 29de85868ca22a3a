/** The workflow `upgrade-webhook` as it is deployed, with its steps, against a cluster of the tests. */

import { setTimeout as sleep } from 'node:timers/promises'
import { encodeFailure } from '../../lambdas/errors/failure-codec.ts'
import { StepError } from '../../lambdas/errors/step-errors.ts'
import type { Change } from '../../lambdas/report/change.ts'
import { type Webhook, webhook as webhookSchema } from '../../lambdas/spec/parts.ts'
import type { StepResult } from '../../lambdas/steps/contract.ts'
import type { Installed } from '../../lambdas/webhook/desired/installed.ts'
import { description as recordUpgradeDescription } from '../../lambdas/workflows/webhook-upgrade/record-upgrade.step.ts'
import { errorOfUnrestarted } from '../../lambdas/workflows/webhook-upgrade/result.ts'
import type { AnyCluster } from '../../sandbox/kubernetes/any-cluster.ts'
import { Cluster } from '../../sandbox/kubernetes/cluster.ts'
import { definition } from './definitions.ts'
import { foundStatus, stepContext } from './step-context.ts'
import { runStep } from './steps.ts'
import { runWorkflow, type TaskCall, type WorkflowRun } from './workflow.ts'
import { payloadOf } from './workflow-parts.ts'

/** A cluster with a webhook: one of the tests of the webhook, or any other. */
export interface Upgradable {
  readonly cluster: AnyCluster
  readonly minor: number
  /** The webhook's. */
  readonly namespace: string
  readonly target: { readonly name: string; readonly credentialsSecretArn: string }
}

export interface UpgradeAsk extends Partial<Webhook> {
  readonly adopt?: boolean
  readonly restart?: boolean
  readonly dryRun?: boolean
  readonly installed?: Installed
  /** Is given what FindUnmutatedPods has found. */
  readonly observed?: (output: object) => void
  /** Called before each step, with its state. */
  readonly before?: (state: string) => Promise<void> | void
}

export interface Upgraded extends WorkflowRun {
  /** Of all steps. */
  readonly changes: readonly Change[]
  /** The first state whose step has failed. */
  readonly failedIn?: string
  /** What the record would have from now on. */
  readonly recorded?: unknown
}

/** As long as a Wait of the workflow takes here; on its own clock it is as long as it says. Real pods take their time. */
const waitMs = (cluster: AnyCluster) => (cluster instanceof Cluster ? 60 : 400)

/** Runs the workflow to its end. What is written to the record is given back instead. */
export async function runUpgrade(made: Upgradable, ask: UpgradeAsk = {}): Promise<Upgraded> {
  const { adopt = false, restart = false, dryRun = false, installed, before, observed, ...webhook } = ask
  const { namespace, target, minor } = made
  const desired = webhookSchema.parse({ ...(!adopt && { namespace }), ...webhook })
  const { namespace: _, ...unplaced } = desired
  const request = {
    cluster: { ...target, provider: 'existing' },
    webhook: adopt && ask.namespace === undefined ? unplaced : desired,
    ...(installed && { installed }),
    adopt,
    restart,
    dryRun,
  }
  const changes: Change[] = []
  let recorded: unknown
  let failedIn: string | undefined
  const reported: Record<string, (output: object) => void> = { ...(observed && { FindUnmutatedPods: observed }) }
  const stubs: Record<string, (call: TaskCall) => object> = {
    CheckCluster: () => ({ issuerUrl, kubernetesMinor: minor }),
    RecordWebhook: (call) => {
      recorded = payloadOf(call).input
      return {}
    },
    RecordUpgrade: (call) => endOf(recordUpgradeDescription.input.parse(payloadOf(call).input).remaining, dryRun),
    RecordFailure: () => ({}),
    NotifyFailed: () => ({}),
  }
  const doTask = async (call: TaskCall) => {
    const { state } = call
    await before?.(state)
    const stub = stubs[state]
    if (stub) return answer({ ready: true, ...stub(call) })
    const result = await step(call, minor).catch((error: unknown) => {
      failedIn ??= state
      throw error
    })
    changes.push(...(result.changes ?? []))
    if ('waiting' in result) {
      await sleep(waitMs(made.cluster))
      return answer({ ready: false, reason: result.waiting.reason })
    }
    reported[state]?.(result.output)
    return answer({ ready: true, ...result.output })
  }
  const run = await runWorkflow(definition('upgrade-webhook'), { operationId: 'operation-1', request }, doTask)
  return { ...run, changes, ...(failedIn !== undefined && { failedIn }), ...(recorded !== undefined && { recorded }) }
}

const issuerUrl = 'https://issuer.example/prod'

function answer(Payload: object) {
  return { StatusCode: 200, Payload }
}

/** As RecordUpgrade ends it, without a record. */
function endOf(remaining: Parameters<typeof errorOfUnrestarted>[0], dryRun: boolean): object {
  const error = errorOfUnrestarted(remaining, dryRun)
  return error ? { restarted: false, error: error.name, cause: encodeFailure(error) } : { restarted: true }
}

async function step(call: TaskCall, kubernetesMinor: number): Promise<StepResult<object>> {
  const context = stepContext(
    'prod',
    20_000,
    payloadOf(call).dryRun === true,
    foundStatus({ issuerUrl, kubernetesMinor }),
  )
  try {
    return await runStep(call.state, payloadOf(call).input, context)
  } catch (error) {
    // As its message leaves the function.
    if (error instanceof StepError) throw Object.assign(new Error(error.message), { name: error.name })
    throw error
  }
}
