import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { type Edits, type Example, exampleBody } from '../../support/api/requests.ts'
import type { System } from './system.ts'

let made = 0

export interface OwnCluster {
  readonly name: string
  /** The example for this cluster, with some fields set otherwise. */
  body(edits?: Edits): unknown
}

/**
 * A cluster of its own for a test: its name, its bucket and its node pool, and its management cluster's credentials where
 * they belong. The example is one of a cluster that is made.
 */
export async function ownCluster(
  system: System<AnyCluster>,
  purpose: string,
  example: Exclude<Example, 'existing-cluster'> = 'setup',
): Promise<OwnCluster> {
  made += 1
  const name = `${purpose}-${made}`
  const { secrets, kubernetes } = system.sandbox
  await secrets.keep(`${name}/management`, kubernetes.kubeconfig('management'))
  const secret = (which: string) =>
    `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${name}/${which}`
  return {
    name,
    body: (edits = {}) =>
      exampleBody(example, {
        'cluster.name': name,
        'cluster.management.credentialsSecretArn': secret('management'),
        'cluster.credentialsSecretArn': secret('user-cluster'),
        'cluster.nodePools.0.name': `${name}-pool`,
        'discovery.bucket': `${name}-discovery`,
        ...edits,
      }),
  }
}
