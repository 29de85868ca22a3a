import { expect } from 'vitest'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import type { Issuers } from '../../../../sandbox/kubernetes/tokens.ts'
import { type Edits, exampleBody } from '../../../support/api/requests.ts'
import type { OperationAnswer } from '../operation.ts'
import type { System } from '../system.ts'
import { secretArnOf } from './secrets.ts'

/** A cluster as kubeadm creates it, with an issuer that is not public. */
export interface PrivateCluster<C extends AnyCluster = Cluster> {
  readonly name: string
  readonly cluster: C
  /** Its hosted issuer. */
  readonly issuer: string
  /** The example `kubeadm` for this cluster. */
  readonly body: unknown
}

/** Creates a cluster for one test, and stores its credentials in their secret. */
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
 * Sends the setup, and changes the issuers when it requests that, as an administrator of a kubeadm cluster does. Returns the
 * instruction, and the operation at its end.
 */
export function setUpPrivate(system: System, own: PrivateCluster) {
  return setUpChanging(system, own, (issuers) => own.cluster.setIssuers(issuers))
}

/**
 * As `setUpPrivate`, for a cluster whose issuers are changed in another way.
 *
 * @param state the step that requests the change: CheckIssuer for a cluster that moves
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

/** The issuers in the order of the instruction, which has them in kubeadm's form or as flags of kube-apiserver. */
function issuersIn(instruction: string): string[] {
  const set = /(?:value: '|--service-account-issuer=)(https:\/\/[^\s,']*[^\s,'.])/g
  return [...instruction.matchAll(set)].map(([, issuer = '']) => issuer)
}

async function instructionOf<C extends AnyCluster>(
  system: System<C>,
  location: string,
  expected: { readonly state: string; readonly issuer: string },
) {
  const reasonIn = ({ steps }: OperationAnswer) =>
    steps.find(({ state, waitingFor }) => state === expected.state && waitingFor?.includes(expected.issuer))?.waitingFor
  return reasonIn(await system.until(location, (operation) => reasonIn(operation) !== undefined)) ?? ''
}
