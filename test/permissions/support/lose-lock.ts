import { deleteLock } from './record.ts'
import type { World } from './world.ts'

/** Takes the lock of the cluster away when the user cluster is next called so, before the step that calls gets its answer. */
export function loseLockDuring(
  { system, cluster: { name } }: World,
  call: { readonly operation: string; readonly object: string },
): { readonly undo: () => Promise<void> } {
  const cluster = system.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`there is no cluster ${name}`)
  cluster.faults.interrupt({ ...call, answer: 'sent', meanwhile: () => deleteLock(system, name) })
  return { undo: async () => cluster.faults.clear() }
}
