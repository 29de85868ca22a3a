/**
 * The rights of setups and teardowns on clusters, from the descriptions of their steps. The manifests are generated
 * from these rights. Tests remove one right at a time, to prove that each is needed.
 */
import { description as renewCredentials } from '../credentials/renew-credentials.step.ts'
import type { StepOnClusters } from '../steps/description.ts'
import type { KubernetesRight } from '../steps/kubernetes-right.ts'
import { setupSteps, teardownSteps } from './steps-on-clusters.ts'

/** `step` is the state of the step that uses the right. */
export type Right = KubernetesRight & { readonly step: string }

export const setupStates = statesOf(setupSteps)
export const teardownStates = statesOf(teardownSteps)

/** The rights of a setup on the management cluster of Anthos clusters on AWS. */
export const managementRights = rightsOf(setupSteps).filter(isOfManagement)

/** The rights of a setup on the cluster whose workloads get roles. */
export const userClusterRights = rightsOf(setupSteps).filter((right) => !isOfManagement(right))

/** The rights of a teardown on the management cluster. */
export const managementTeardownRights = rightsOf(teardownSteps).filter(isOfManagement)

/** The rights of a teardown on the cluster whose workloads have roles. */
export const userClusterTeardownRights = rightsOf(teardownSteps).filter((right) => !isOfManagement(right))

export const renewalStates = statesOf([renewCredentials])

/** The additional rights of a rotation that renews the token of the account. */
export const renewalRights = rightsOf([renewCredentials]).filter(({ place }) => place === 'account')

/** The additional rights of a rotation that renews the token of the account on the management cluster. */
export const managementRenewalRights = rightsOf([renewCredentials]).filter(
  ({ place }) => place === 'management account',
)

export function rightsOf(steps: readonly StepOnClusters[]): readonly Right[] {
  return steps.flatMap(({ state, kubernetes }) => kubernetes.map((right) => ({ ...right, step: state })))
}

function isOfManagement({ place }: Right): boolean {
  return place === 'management'
}

function statesOf(steps: readonly StepOnClusters[]): readonly string[] {
  return steps.map(({ state }) => state)
}
