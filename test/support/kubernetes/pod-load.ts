/** Creates pods while a test changes the webhook, and counts those without their role. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { StepError } from '../../../lambdas/errors/step-errors.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { missingFromPod, proofPod } from '../../../lambdas/webhook/desired/proof-pod.ts'

export interface Load {
  readonly pods: number
  /** Created, but not mutated. */
  readonly without: number
  /** The reasons of the API server for refused pods. */
  readonly refusals: readonly string[]
  readonly seconds: number
}

/** "123 pods in 12.3 s: 0 without their role, 0 refused". */
export function inWords({ pods, without, refusals, seconds }: Load): string {
  return `${pods} pods in ${seconds.toFixed(1)} s: ${without} without their role, ${refusals.length} refused`
}

const account = { namespace: 'default', serviceAccount: 'reader' }
const roleArn = 'arn:aws:iam::123456789012:role/reader'
/** Ten pods a second. */
const periodMs = 100

/** Creates the service account of the pods. */
export async function bindReader(client: ClusterClient): Promise<void> {
  const metadata = { name: account.serviceAccount, namespace: account.namespace }
  const annotations = { 'eks.amazonaws.com/role-arn': roleArn }
  const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata, annotations } }
  await apply(client, manifest, { adopt: false })
}

/** Creates a pod in a dry run, and returns the fields that it lacks. */
export async function missingNow(client: ClusterClient): Promise<string[]> {
  return missingFromPod(await client.create(proofPod(account), { dryRun: true }), roleArn)
}

/** Creates ten pods a second in dry runs during the work, and at least one. */
export async function underLoad<Result>(
  client: ClusterClient,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly load: Load }> {
  const started = Date.now()
  const made: Promise<'mutated' | 'without' | string>[] = []
  const make = async () => {
    try {
      const pod = await client.create(proofPod(account), { dryRun: true })
      return missingFromPod(pod, roleArn).length > 0 ? 'without' : 'mutated'
    } catch (error) {
      return error instanceof StepError ? error.reason : String(error)
    }
  }
  let isDone = false
  const working = work().finally(() => {
    isDone = true
  })
  for (let next = started; !isDone; next += periodMs) {
    made.push(make())
    await sleep(Math.max(0, next + periodMs - Date.now()))
  }
  const result = await working
  const outcomes = await Promise.all(made)
  return {
    result,
    load: {
      pods: outcomes.length,
      without: outcomes.filter((outcome) => outcome === 'without').length,
      refusals: outcomes.filter((outcome) => outcome !== 'without' && outcome !== 'mutated'),
      seconds: (Date.now() - started) / 1000,
    },
  }
}
