/** Made by `npm run docs` from statemachine/setup.asl.yaml. */
import { description as createBucket } from '../../bucket/create-bucket.step.ts'
import { description as applyCluster } from '../../cluster/apply-cluster.step.ts'
import { description as checkCluster } from '../../cluster/check-cluster.step.ts'
import { description as publishDiscovery } from '../../discovery/publish-discovery.step.ts'
import { description as registerOidc } from '../../provider/register-oidc.step.ts'
import { description as createRole } from '../../role/create-role.step.ts'
import { description as deleteRole } from '../../role/delete-role.step.ts'
import { description as bindKsa } from '../../service-account/bind-ksa.step.ts'
import { description as unbindKsa } from '../../service-account/unbind-ksa.step.ts'
import type { ComparedParts, StepDescription } from '../../steps/description.ts'
import { description as activateWebhook } from '../../webhook/activate-webhook.step.ts'
import { description as approveCsr } from '../../webhook/approve-csr.step.ts'
import { description as checkWebhook } from '../../webhook/check-webhook.step.ts'
import { description as deployWebhook } from '../../webhook/deploy-webhook.step.ts'

/**
 * The steps that a plan and a drift run dry, in the order of the setup. They are listed here because the bundle of a
 * function contains only what the function imports.
 */
export const comparedDescriptions: readonly (StepDescription & { readonly compared: ComparedParts })[] = [
  createBucket,
  publishDiscovery,
  applyCluster,
  checkCluster,
  deployWebhook,
  approveCsr,
  checkWebhook,
  activateWebhook,
  registerOidc,
  createRole,
  bindKsa,
  unbindKsa,
  deleteRole,
]
