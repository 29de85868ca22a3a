import { expect } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { exampleBody } from '../../support/requests.ts'
import type { OperationAnswer } from './operation.ts'
import { secretArnOf } from './secrets.ts'
import type { System } from './system.ts'

/** A cluster as kubeadm leaves it: nobody outside can read its issuer. */
export interface PrivateCluster {
  readonly name: string
  readonly cluster: Cluster
  /** The one that the deployment hosts for it. */
  readonly issuer: string
  /** The example `kubeadm` for this cluster. */
  readonly body: unknown
}

/** A cluster of a test's own, whose credentials are in their secret. */
export async function privateCluster({ sandbox }: System, name: string, version = '1.33.2'): Promise<PrivateCluster> {
  const { kubernetes, secrets, deployment } = sandbox
  const cluster = await kubernetes.addUserCluster({ name, version, issuer: { installer: 'kubeadm' } })
  await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  const edits = { 'cluster.name': name, 'cluster.credentialsSecretArn': secretArnOf(`${name}/user-cluster`) }
  const issuer = `https://${deployment.outputs.IssuerHost}/${name}`
  return { name, cluster, issuer, body: exampleBody('kubeadm', edits) }
}

/**
 * Sends the setup, and does what it asks for, as an administrator of a kubeadm cluster would. Gives back what it asked for, and
 * the operation at its end.
 */
export async function setUpPrivate(system: System, own: PrivateCluster) {
  const location = await system.start(own.body)
  const instruction = await instructionOf(system, location, own.issuer)
  const [first = '', ...others] = [...instruction.matchAll(/value: (https:[^}\s]+)/g)].map(([, issuer = '']) => issuer)
  expect(first, instruction).toBe(own.issuer)
  own.cluster.setIssuers([first, ...others])
  return { instruction, ended: await system.ended(location) }
}

async function instructionOf(system: System, location: string, issuer: string): Promise<string> {
  const asked = ({ steps }: OperationAnswer) =>
    steps.find(({ state, waitingFor }) => state === 'CheckCluster' && waitingFor?.includes(issuer))?.waitingFor
  return asked(await system.until(location, (operation) => asked(operation) !== undefined)) ?? ''
}
