/** Made by `npm run docs` from statemachine/setup.asl.yaml and teardown.asl.yaml. */
import { description as applyCluster } from '../cluster/apply-cluster.step.ts'
import { description as checkCluster } from '../cluster/check-cluster.step.ts'
import { description as deleteCluster } from '../cluster/delete-cluster.step.ts'
import { description as observeCluster } from '../cluster/observe-cluster.step.ts'
import { description as checkIssuer } from '../discovery/check-issuer.step.ts'
import { description as publishDiscovery } from '../discovery/publish-discovery.step.ts'
import { description as verify } from '../proof/verify.step.ts'
import { description as bindKsa } from '../service-account/bind-ksa.step.ts'
import { description as unbindKsa } from '../service-account/unbind-ksa.step.ts'
import type { StepOnClusters } from '../steps/description.ts'
import { description as activateWebhook } from '../webhook/activate-webhook.step.ts'
import { description as approveCsr } from '../webhook/approve-csr.step.ts'
import { description as checkCandidate } from '../webhook/candidate/check-candidate.step.ts'
import { description as deployCandidate } from '../webhook/candidate/deploy-candidate.step.ts'
import { description as removeCandidate } from '../webhook/candidate/remove-candidate.step.ts'
import { description as switchToCandidate } from '../webhook/candidate/switch-to-candidate.step.ts'
import { description as checkWebhook } from '../webhook/check-webhook.step.ts'
import { description as deleteCsrs } from '../webhook/delete-csrs.step.ts'
import { description as deployWebhook } from '../webhook/deploy-webhook.step.ts'
import { description as removeWebhook } from '../webhook/remove-webhook.step.ts'

/** In the order in which they run. The steps of the webhook precede those of the roles, which run in parallel. */
export const setupSteps: readonly StepOnClusters[] = [
  observeCluster,
  publishDiscovery,
  applyCluster,
  checkCluster,
  deployWebhook,
  deployCandidate,
  checkCandidate,
  switchToCandidate,
  approveCsr,
  checkWebhook,
  activateWebhook,
  bindKsa,
  removeCandidate,
  deleteCsrs,
  checkIssuer,
  verify,
]

export const teardownSteps: readonly StepOnClusters[] = [observeCluster, unbindKsa, removeWebhook, deleteCluster]
