import type * as z from 'zod/mini'
import type { deploymentSettings } from '../../../lambdas/webhook/desired/installed.ts'

/** All that a request can set of the webhook's Deployment, each with a value that no default has. */
export const allSettings: Required<z.output<typeof deploymentSettings>> = {
  image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0',
  namespace: 'webhooks',
}
