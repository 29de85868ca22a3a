import { expect } from 'vitest'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import type { Issuers } from '../../../../sandbox/kubernetes/tokens.ts'
import { type Edits, exampleBody } from '../../../support/api/requests.ts'
import type { OperationAnswer } from '../operation.ts'
import type { System } from '../system.ts'
import { secretArnOf } from './secrets.ts'

/** A cluster as kubeadm leaves it: nobody outside can read its issuer. */
export interface PrivateCluster<C extends AnyCluster = Cluster> {
  readonly name: string
  readonly cluster: C
  /** The one that the deployment hosts for it. */
  readonly issuer: string
  /** The example `kubeadm` for this cluster. */
  readonly body: unknown
}

/** A cluster of a test's own, whose credentials are in their secret. */
export async function privateCluster<C extends AnyCluster>(
  { sandbox }: System<C>,
  name: string,
  version = '1.33.2',
): Promise<PrivateCluster<C>> {
  const { kubernetes, secrets, deployment } = sandbox
  const cluster = await kubernetes.addUserCluster({ name, version, issuer: { installer: 'kubeadm' } })
  await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  const issuer = `https://${deployment.outputs.IssuerHost}/${name}`
  return { name, cluster, issuer, body: privateBody(name) }
}

/** The example `kubeadm` for a cluster of `privateCluster`, with these edits. */
export function privateBody(name: string, edits: Edits = {}): unknown {
  const own = { 'cluster.name': name, 'cluster.credentialsSecretArn': secretArnOf(`${name}/user-cluster`) }
  return exampleBody('kubeadm', { ...own, ...edits })
}

/**
 * Sends the setup, and does what it asks for, as an administrator of a kubeadm cluster would. Gives back what it asked for, and
 * the operation at its end.
 */
export function setUpPrivate(system: System, own: PrivateCluster) {
  return setUpChanging(system, own, (issuers) => own.cluster.setIssuers(issuers))
}

/**
 * As `setUpPrivate`, for a cluster that takes its issuers in another way.
 *
 * @param state the step that asks for the change: CheckIssuer for a cluster that moves
 */
export async function setUpChanging<C extends AnyCluster>(
  system: System<C>,
  own: PrivateCluster<C>,
  change: (issuers: Issuers) => Promise<void> | void,
  state: 'CheckCluster' | 'CheckIssuer' = 'CheckCluster',
) {
  const location = await system.start(own.body)
  const instruction = await instructionOf(system, location, { state, issuer: own.issuer })
  const [first = '', ...others] = issuersIn(instruction)
  expect(first, instruction).toBe(own.issuer)
  await change([first, ...others])
  return { instruction, ended: await system.ended(location) }
}

/** In the order in which it says that they are set: as kubeadm writes them, or as flags of kube-apiserver. */
function issuersIn(instruction: string): string[] {
  const set = /(?:value: '|--service-account-issuer=)(https:\/\/[^\s,']*[^\s,'.])/g
  return [...instruction.matchAll(set)].map(([, issuer = '']) => issuer)
}

async function instructionOf<C extends AnyCluster>(
  system: System<C>,
  location: string,
  asking: { readonly state: string; readonly issuer: string },
) {
  const asked = ({ steps }: OperationAnswer) =>
    steps.find(({ state, waitingFor }) => state === asking.state && waitingFor?.includes(asking.issuer))?.waitingFor
  return asked(await system.until(location, (operation) => asked(operation) !== undefined)) ?? ''
}
