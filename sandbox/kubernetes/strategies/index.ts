import { certificateRequestStrategy } from './certificate-requests.ts'
import {
  bindingStrategy,
  namespaceStrategy,
  podDisruptionBudgetStrategy,
  secretStrategy,
  serviceStrategy,
} from './core.ts'
import type { Strategy } from './strategy.ts'
import { mutatingWebhookStrategy } from './webhooks.ts'
import { deploymentStrategy, podStrategy } from './workloads.ts'

const strategies: Readonly<Record<string, Strategy>> = {
  Namespace: namespaceStrategy,
  Secret: secretStrategy,
  Service: serviceStrategy,
  Pod: podStrategy,
  Deployment: deploymentStrategy,
  PodDisruptionBudget: podDisruptionBudgetStrategy,
  RoleBinding: bindingStrategy,
  ClusterRoleBinding: bindingStrategy,
  MutatingWebhookConfiguration: mutatingWebhookStrategy,
  CertificateSigningRequest: certificateRequestStrategy,
}

/** The rules of a kind; most have none of their own. */
export function strategyOf(kind: string): Strategy {
  return strategies[kind] ?? {}
}
