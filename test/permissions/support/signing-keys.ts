/** Refreshes and revocations of the keys of the one cluster whose issuer the deployment hosts. */
import { deleteDocuments, hostedCluster } from './hosted.ts'
import { deleteLock } from './record.ts'
import type { World } from './world.ts'

export const keysOf = (cluster: string) => `/v1/clusters/${cluster}/signing-keys`

export async function startRefresh({ system }: Pick<World, 'system'>): Promise<string> {
  const { name } = await hostedCluster(system)
  return system.send(keysOf(name), {})
}

/**
 * Starts the revocation of a key that was published for it, and that the cluster does not sign with.
 *
 * @param before done once the key is published
 */
export async function startRevocation(world: Pick<World, 'system'>, before?: () => Promise<void>): Promise<string> {
  const { system } = world
  const { name, cluster } = await hostedCluster(system)
  const kid = cluster.signer.addVerificationKey()
  await system.ended(await startRefresh(world))
  await before?.()
  return system.send(`${keysOf(name)}/${kid}/revoke`, {})
}

/** By function and action; each starts a refresh or a revocation instead of a setup. */
export const keyPreparations = {
  'revoke-key': async (world: World) => ({ start: () => startRevocation(world) }),
  // Both documents are written when both are gone. The refresh publishes the other keys again.
  'revoke-key s3:PutObject': async (world: World) => {
    const hosted = await hostedCluster(world.system)
    return {
      start: () => startRevocation(world, () => deleteDocuments(world.system, hosted)),
      undo: async () => world.system.ended(await startRefresh(world)),
    }
  },
}

/** A refresh that takes long enough to be cancelled. */
export async function slowRefresh(world: World): Promise<string> {
  const slow = { operation: 'secretsmanager:GetSecretValue', actor: '*PublishDiscovery*', delayMs: 5000 }
  const { name } = await hostedCluster(world.system)
  // A rotation that was cancelled before may still hold it.
  await deleteLock(world.system, name)
  await world.system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await startRefresh(world)
  await world.system.until(location, ({ steps }) => steps.some(({ state }) => state === 'PublishDiscovery'))
  return location
}
