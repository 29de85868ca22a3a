import type { StepContext } from '../steps/contract.ts'
import { kubernetesMinorOf, regionOf } from '../steps/facts-of.ts'
import type { DeploymentParts } from './desired/manifest.ts'

/** What the webhook's Deployment takes from the cluster that it serves. */
export type Served = Pick<DeploymentParts, 'region' | 'kubernetesMinor'>

/** @throws {InvalidStepInput} for a cluster that never was found ready */
export function servedOf(context: StepContext): Served {
  return { region: regionOf(context.status), kubernetesMinor: kubernetesMinorOf(context) }
}
