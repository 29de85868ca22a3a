import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { type Edits, type Example, exampleBody } from '../../support/api/requests.ts'
import type { System } from './system.ts'

let made = 0

export interface OwnCluster {
  readonly name: string
  /** The example request for this cluster, with edits. */
  body(edits?: Edits): unknown
}

/**
 * The name and the request of a cluster for one test, which the setup creates. The credentials of its management cluster are in
 * their secret.
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
