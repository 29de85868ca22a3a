import type * as z from 'zod/mini'
import type { deploymentSettings } from '../../../lambdas/webhook/desired/installed.ts'

/** All settings of the webhook's Deployment in a request, with values that are not defaults. */
export const allSettings: Required<z.output<typeof deploymentSettings>> = {
  image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0',
  namespace: 'webhooks',
}
