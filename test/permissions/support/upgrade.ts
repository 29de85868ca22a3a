/** Upgrades of the webhook of the one cluster, which need all that their steps may do. */
import { otherImage } from '../../support/other-image.ts'
import { podWithoutRole } from '../../support/pod-without-role.ts'
import { loseLockDuring } from './lose-lock.ts'
import { makeGeneration } from './record.ts'
import type { PreparedRequest } from './requests.ts'
import type { World } from './world.ts'

export const upgradesOf = (cluster: string) => `/v1/clusters/${cluster}/webhook-upgrades`

/**
 * Starts an upgrade to an image that is not installed, so that there is something to try out; beside it there is a pod without
 * its role, whose controller is restarted.
 */
export async function startUpgrade({ system, cluster: { name } }: World): Promise<string> {
  const cluster = system.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`there is no cluster ${name}`)
  for (const object of podWithoutRole('default', 's3-reader')) cluster.store.put(object)
  return system.send(upgradesOf(name), { image: otherImage(cluster), restart: true })
}

/** By function and action; each starts an upgrade instead of a setup. */
export function upgradePreparations() {
  const steps = [
    'deploy-candidate',
    'check-candidate',
    'switch-to-candidate',
    'remove-candidate',
    'delete-requests',
    'find-unmutated-pods',
    'restart-controllers',
  ]
  const needed = steps.flatMap((step) =>
    ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'secretsmanager:GetSecretValue'].map(
      (action) => `${step} ${action}`,
    ),
  )
  const recording = ['record-webhook', 'record-upgrade'].flatMap((step) =>
    ['DeleteItem', 'UpdateItem', ...(step === 'record-webhook' ? ['BatchGetItem', 'Query'] : [])].map(
      (action) => `${step} dynamodb:${action}`,
    ),
  )
  const prepare = (world: World) => Promise.resolve({ start: () => startUpgrade(world) })
  /** An upgrade that was not recorded may have left the image that the next one would change. */
  const afterUpgrade = async (world: World) => {
    await world.system.ended(await startUpgrade(world))
    return prepare(world)
  }
  return {
    ...Object.fromEntries([...needed, ...recording].map((key) => [key, prepare])),
    'record-webhook dynamodb:PutItem': afterUpgrade,
    // Of more than a hundred generations of the spec the oldest is deleted.
    'record-webhook dynamodb:DeleteItem': async (world: World) => {
      await makeGeneration(world.system, world.cluster.name, 200)
      return afterUpgrade(world)
    },
    // A second RecordUpgrade, after the first was killed at its very end, finds no lock and looks whose it was.
    // It is taken away in RestartControllers, the last step before it.
    'record-upgrade dynamodb:BatchGetItem': async (world: World) => {
      const { undo } = loseLockDuring(world, { operation: 'PATCH *', object: 'Deployment default/reports' })
      return { start: () => startUpgrade(world), undo }
    },
  }
}

/** An upgrade that takes long enough to be cancelled. */
export async function slowUpgrade(world: World): Promise<string> {
  const slow = { operation: 'secretsmanager:GetSecretValue', actor: '*DeployCandidate*', delayMs: 5000 }
  await world.system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await startUpgrade(world)
  await world.system.until(location, ({ steps }) => steps.some(({ state }) => state === 'DeployCandidate'))
  return location
}

/** Without its index the nearest name of a mistyped cluster could not be looked for. */
export const upgradeRequests: Readonly<Record<string, (world: World, resource: string) => Promise<PreparedRequest>>> = {
  'start-webhook-upgrade dynamodb:Query': async ({ system, cluster }, resource) => {
    const name = resource.includes('/index/') ? 'mistyped' : cluster.name
    return { send: () => system.postTo(upgradesOf(name), {}) }
  },
}
