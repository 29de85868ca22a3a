import { DeleteObjectsCommand } from '@aws-sdk/client-s3'
import { outputOf, rootOf } from '../../e2e/support/aws-clients.ts'
import { type PrivateCluster, privateCluster, setUpPrivate } from '../../e2e/support/clusters/private-cluster.ts'
import type { System } from '../../e2e/support/system.ts'

const made = new WeakMap<System, Promise<PrivateCluster>>()

/** The only cluster of the run with a hosted issuer, which is set up. */
export function hostedCluster(system: System): Promise<PrivateCluster> {
  const cluster = made.get(system) ?? makeCluster(system)
  made.set(system, cluster)
  return cluster
}

async function makeCluster(system: System): Promise<PrivateCluster> {
  const own = await privateCluster(system, 'hosted-permissions')
  const { ended } = await setUpPrivate(system, own)
  if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
  return own
}

/** Deletes both discovery documents of the cluster, as a user may do by hand. */
export async function deleteDocuments(system: System, { name }: PrivateCluster): Promise<void> {
  const keys = ['.well-known/openid-configuration', 'openid/v1/jwks'].map((path) => ({ Key: `${name}/${path}` }))
  const Bucket = outputOf(system, 'IssuerBucketName')
  await rootOf(system).s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys } }))
}
