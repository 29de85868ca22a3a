import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import type { Resources } from '../resources.ts'
import type { Entry } from './entry.ts'

/** The entry, settings, limits and permissions of a function. */
export interface FunctionSpec {
  readonly entry: Entry
  readonly memoryMb: number
  readonly timeoutSeconds: number
  /** Environment variables. lambdas/settings.ts describes them. */
  readonly settings: (resources: Resources) => Readonly<Record<string, string>>
  /** Additional files beside the code, by name. */
  readonly files?: (resources: Resources) => Readonly<Record<string, string>>
  readonly permissions: (resources: Resources) => readonly PolicyStatement[]
  /** True when the function calls API servers, which may be reachable only from the deployment's network. */
  readonly reachesClusters?: true
  /** The function's access to IAM, also in member accounts. Omitted when it does not use IAM. */
  readonly iamAccess?: IamAccess
}
