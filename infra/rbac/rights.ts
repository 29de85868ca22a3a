/**
 * The rights of setups, upgrades and teardowns on clusters, from the descriptions of their steps. The manifests for
 * named namespaces and accounts, and those for a whole cluster, are made from them. The tests remove one right at a
 * time.
 */
import type { KubernetesRight } from '../../lambdas/steps/kubernetes-right.ts'
import { readWorkflow, stepsOf } from '../definition/source.ts'
import { steps } from '../steps.ts'

export interface Right extends KubernetesRight {
  /** The state of the step that uses the right. */
  readonly step: string
}

/** In the order in which they run. Of parallel branches, the branch of the webhook comes first. */
export const setupStates = statesOnClusters('setup')

/** The states of an upgrade that a setup does not have. */
export const upgradeStates = statesOnClusters('upgrade-webhook').filter((state) => !setupStates.includes(state))

export const teardownStates = statesOnClusters('teardown')

/** The rights of a setup on the management cluster of Anthos clusters on AWS. */
export const managementRights = rightsOf(setupStates).filter(isOfManagement)

/** The rights of a setup on the cluster whose workloads get roles. */
export const userClusterRights = rightsOf(setupStates).filter((right) => !isOfManagement(right))

/** The rights of the steps that an upgrade of the webhook has and a setup does not have. */
export const upgradeRights = rightsOf(upgradeStates)

/** The rights of a teardown on the management cluster. */
export const managementTeardownRights = rightsOf(teardownStates).filter(isOfManagement)

/** The rights of a teardown on the cluster whose workloads have roles. */
export const userClusterTeardownRights = rightsOf(teardownStates).filter((right) => !isOfManagement(right))

/** The rights of these steps, as their descriptions list them. */
export function rightsOf(states: readonly string[]): readonly Right[] {
  return states.flatMap((state) => {
    const description = steps.get(state)?.description
    return description?.client === 'kubernetes'
      ? description.kubernetes.map((right) => ({ ...right, step: state }))
      : []
  })
}

function isOfManagement({ place }: Right): boolean {
  return place === 'management'
}

function statesOnClusters(workflow: string): readonly string[] {
  return stepsOf(readWorkflow(workflow)).filter((state) => steps.get(state)?.description.client === 'kubernetes')
}
