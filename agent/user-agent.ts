import { version } from '../lambdas/version.ts'

export const userAgent = `workload-identity-agent/${version}`
