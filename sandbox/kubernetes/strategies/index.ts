import { certificateRequestStrategy } from './certificate-requests.ts'
import { bindingStrategy, namespaceStrategy, secretStrategy, serviceStrategy } from './core.ts'
import type { Strategy } from './strategy.ts'
import { mutatingWebhookStrategy } from './webhooks.ts'
import { deploymentStrategy, podStrategy } from './workloads.ts'

const strategies: Readonly<Record<string, Strategy>> = {
  Namespace: namespaceStrategy,
  Secret: secretStrategy,
  Service: serviceStrategy,
  Pod: podStrategy,
  Deployment: deploymentStrategy,
  PodDisruptionBudget: { initialStatus: {} },
  RoleBinding: bindingStrategy,
  ClusterRoleBinding: bindingStrategy,
  MutatingWebhookConfiguration: mutatingWebhookStrategy,
  CertificateSigningRequest: certificateRequestStrategy,
}

export function strategyOf(kind: string): Strategy {
  return strategies[kind] ?? {}
}
