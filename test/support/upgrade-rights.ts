/** A cluster whose webhook is upgraded by an account with the rights of setups and upgrades, or all of them but one. */

import { expect, vi } from 'vitest'
import { apply } from '../../lambdas/objects/apply.ts'
import { userClusterManifests } from '../../lambdas/rights/manifests.ts'
import { upgradeStates } from '../../lambdas/rights/rights.ts'
import { at, objectsIn } from '../../sandbox/kubernetes/objects.ts'
import { clientOf, minorOf, objectIn } from './clusters.ts'
import { type Granted, grant, type OneRight, oneByOne } from './rights.ts'
import type { RightsSetup, RightsWorld } from './rights-setup.ts'
import { runUpgrade, type Upgraded } from './webhook-upgrade.ts'

const name = 'upgrading'
const namespace = 'workload-identity-webhook'
const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const images = { old: `${repository}:v0.5.0`, newest: `${repository}:v0.6.17` }

export interface UpgradeRights {
  readonly made: RightsSetup
  readonly granted: Granted
  /** Those that an upgrade needs beside a setup, and without which it fails. */
  readonly own: readonly OneRight[]
  /**
   * To another image each time, by the account; what ran without its role is restarted.
   *
   * @param kubeconfigOf of another account, for the step of this state
   */
  upgrade(kubeconfigOf?: (state: string) => string | undefined): Promise<Upgraded>
}

export async function startUpgradeRights(world: RightsWorld): Promise<UpgradeRights> {
  const webhook = { mode: 'install', certificate: 'own-ca', namespace, image: images.old }
  const made = await world.start({ name, webhook, workloads: [{ namespace: 'apps', serviceAccount: 'reader' }] })
  for (const step of ['CheckCluster', 'DeployWebhook', 'CheckWebhook', 'ActivateWebhook'] as const) {
    await made.done(step, 'admin')
  }
  const rights = userClusterManifests(made.setup, 'setups and upgrades')
  const granted = await grant(made.cluster, rights)
  const credentialsSecretArn = await world.secrets.keep(`${name}/upgrade`, granted.kubeconfig)
  const target = { name, credentialsSecretArn }
  await leavePod(made)
  const { cluster } = made
  return {
    made,
    granted,
    own: oneByOne(rights).filter(({ step, optional }) => upgradeStates.some((each) => each === step) && !optional),
    async upgrade(kubeconfigOf = () => undefined) {
      const deployment = await objectIn(cluster, 'Deployment', { name: 'pod-identity-webhook', namespace })
      const [container] = objectsIn(at(deployment?.spec, 'template', 'spec', 'containers'))
      const image = container?.image === images.old ? images.newest : images.old
      const upgradable = { cluster, namespace, target, minor: minorOf(cluster) }
      const before = async (state: string) => {
        await world.secrets.keep(`${name}/upgrade`, kubeconfigOf(state) ?? granted.kubeconfig)
      }
      return runUpgrade(upgradable, { certificate: 'own-ca', image, restart: true, before })
    },
  }
}

/** Made before its account had a role, so that there is something to restart. */
async function leavePod({ cluster }: RightsSetup): Promise<void> {
  const admin = clientOf(cluster)
  const labels = { app: 'reports' }
  const containers = [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }]
  const template = { metadata: { labels }, spec: { serviceAccountName: 'reader', containers } }
  const spec = { strategy: { type: 'Recreate' }, selector: { matchLabels: labels }, template }
  const metadata = { name: 'reader', namespace: 'apps' }
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
  await apply(admin, account, { adopt: false })
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, name: 'reports' }, spec }
  await apply(admin, deployment, { adopt: false })
  await vi.waitFor(async () => expect(await cluster.objects('Pod', 'apps')).toHaveLength(1), 30_000)
  const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/reader' }
  await apply(admin, { ...account, metadata: { ...metadata, annotations } }, { adopt: false })
}
