import type { StepContext } from '../steps/contract.ts'
import { kubernetesMinorOf, regionOf } from '../steps/facts-of.ts'
import type { DeploymentParts } from './desired/manifest.ts'

/** The settings of the webhook's Deployment that depend on its cluster. */
export type ClusterSettings = Pick<DeploymentParts, 'region' | 'kubernetesMinor'>

/** @throws {InvalidStepInput} when the cluster was never ready */
export function clusterSettingsOf(context: StepContext): ClusterSettings {
  return { region: regionOf(context.status), kubernetesMinor: kubernetesMinorOf(context) }
}
