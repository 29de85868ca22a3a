import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import type { OperationAnswer } from './operation.ts'
import type { System } from './system.ts'

/**
 * Sends a first setup and does `change` when nothing but the webhook's pods stands between it and the proof: so late that
 * no step before the proof could notice or repair it. Gives back how the setup ends.
 */
export async function changedBeforeProof(
  system: System,
  { name, body }: { readonly name: string; body(): unknown },
  change: () => Promise<void> | void,
): Promise<OperationAnswer> {
  const { kubernetes } = system.sandbox
  setSchedulable(kubernetes.cluster(name), false)
  kubernetes.onClusterUp((up) => {
    if (up === name) setSchedulable(kubernetes.cluster(up), false)
  })
  const location = await system.start(body())
  await system.until(location, isBeforeProof)
  await change()
  setSchedulable(kubernetes.cluster(name), true)
  return system.ended(location)
}

function isBeforeProof({ steps, endedAt, error }: OperationAnswer): boolean {
  if (endedAt !== undefined) throw new Error(`the setup has ended before its proof: ${JSON.stringify(error)}`)
  const is = (state: string, status: string) => steps.some((step) => step.state === state && step.status === status)
  return is('BindKsa', 'succeeded') && is('CheckWebhook', 'waiting')
}

/** A cluster that is made during the setup is not there before. */
function setSchedulable(cluster: Cluster | undefined, value: boolean): void {
  if (cluster) cluster.isSchedulable = value
}
