/** Changes the webhook of a cluster with an account that has all rights of setups, or all except one. */
import { userClusterManifests } from '../../../lambdas/rights/manifests.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { type Changed, changeWebhook } from '../webhook/webhook-change.ts'
import { minorOf, objectIn } from './clusters.ts'
import { type Granted, grant, type OneRight, oneByOne } from './rights.ts'
import { ofChange, type RightsSetup, type RightsWorld } from './rights-setup.ts'

const name = 'changing'
const namespace = 'workload-identity-webhook'
const repository = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook'
const images = { old: `${repository}:v0.5.0`, newest: `${repository}:v0.6.17` }

export interface ChangeRights {
  readonly made: RightsSetup
  readonly granted: Granted
  /** The rights of the steps that only a change runs, without which it fails. */
  readonly own: readonly OneRight[]
  /**
   * Changes the image of the webhook with the account.
   *
   * @param kubeconfigOf returns the kubeconfig of another account for the step of a state
   */
  change(kubeconfigOf?: (state: string) => string | undefined): Promise<Changed>
}

export async function startChangeRights(world: RightsWorld): Promise<ChangeRights> {
  const webhook = { mode: 'install', certificate: 'own-ca', namespace, image: images.old }
  const made = await world.start({ name, webhook, workloads: [{ namespace: 'apps', serviceAccount: 'reader' }] })
  for (const step of ['CheckCluster', 'DeployWebhook', 'CheckWebhook', 'ActivateWebhook'] as const) {
    await made.done(step, 'admin')
  }
  const rights = userClusterManifests(made.setup, 'setups')
  const granted = await grant(made.cluster, rights)
  const credentialsSecretArn = await world.secrets.keep(`${name}/change`, granted.kubeconfig)
  const target = { name, credentialsSecretArn }
  const { cluster } = made
  return {
    made,
    granted,
    own: oneByOne(rights).filter(({ step, optional }) => ofChange.test(step) && !optional),
    async change(kubeconfigOf = () => undefined) {
      const deployment = await objectIn(cluster, 'Deployment', { name: 'pod-identity-webhook', namespace })
      const [container] = objectsIn(at(deployment?.spec, 'template', 'spec', 'containers'))
      const image = container?.image === images.old ? images.newest : images.old
      const changeable = { cluster, namespace, target, minor: minorOf(cluster) }
      const before = async (state: string) => {
        await world.secrets.keep(`${name}/change`, kubeconfigOf(state) ?? granted.kubeconfig)
      }
      return changeWebhook(changeable, { certificate: 'own-ca', image, before })
    },
  }
}
