import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Resources } from './resources.ts'

/** What a function is made from, gets, reads and may do. */
export interface FunctionSpec {
  /** From the repository's root. */
  readonly entry: string
  readonly memoryMb: number
  readonly timeoutSeconds: number
  /** Environment variables; lambdas/settings.ts has their meaning. */
  readonly settings: (resources: Resources) => Readonly<Record<string, string>>
  readonly permissions: (resources: Resources) => readonly PolicyStatement[]
  /** Whether it talks to API servers, which may be reached from the deployment's network only. */
  readonly reachesClusters?: true
}
