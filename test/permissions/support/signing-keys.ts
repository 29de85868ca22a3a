/** Refreshes and revocations of the keys of the cluster with a hosted issuer. */

import type { Fixture } from './fixture.ts'
import { deleteDocuments, hostedCluster } from './hosted.ts'
import { deleteLock } from './record.ts'

export const keysOf = (cluster: string) => `/v1/clusters/${cluster}/signing-keys`

export async function startRefresh({ system }: Pick<Fixture, 'system'>): Promise<string> {
  const { name } = await hostedCluster(system)
  return system.send(keysOf(name), {})
}

/**
 * Publishes a key with which the cluster does not sign, and starts its revocation.
 *
 * @param before runs after the key is published
 */
export async function startRevocation(fixture: Pick<Fixture, 'system'>, before?: () => Promise<void>): Promise<string> {
  const { system } = fixture
  const { name, cluster } = await hostedCluster(system)
  const kid = cluster.signer.addVerificationKey()
  await system.ended(await startRefresh(fixture))
  await before?.()
  return system.send(`${keysOf(name)}/${kid}/revoke`, {})
}

/** By function and action. Each starts a refresh or a revocation instead of a setup. */
export const keyPreparations = {
  'revoke-key': async (fixture: Fixture) => ({ start: () => startRevocation(fixture) }),
  // The revocation writes both documents when neither exists. The refresh publishes the other keys again.
  'revoke-key s3:PutObject': async (fixture: Fixture) => {
    const hosted = await hostedCluster(fixture.system)
    return {
      start: () => startRevocation(fixture, () => deleteDocuments(fixture.system, hosted)),
      undo: async () => fixture.system.ended(await startRefresh(fixture)),
    }
  },
}

/** A refresh that takes long enough to be cancelled. */
export async function slowRefresh(fixture: Fixture): Promise<string> {
  const slow = { operation: 'secretsmanager:GetSecretValue', actor: '*PublishDiscovery*', delayMs: 5000 }
  const { name } = await hostedCluster(fixture.system)
  // A cancelled rotation may still lock the cluster.
  await deleteLock(fixture.system, name)
  await fixture.system.sandbox.aws.faults.add({ kind: 'unavailable', ...slow, times: 1 })
  const location = await startRefresh(fixture)
  await fixture.system.until(location, ({ steps }) => steps.some(({ state }) => state === 'PublishDiscovery'))
  return location
}
