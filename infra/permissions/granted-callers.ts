import { CustomResource, Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'
import type { NamedCaller } from '../../lambdas/access/named-callers.ts'
import { findsGrantedCaller } from '../functions/functions.ts'
import { NodeFunction } from '../functions/node-function.ts'
import type { KmsKeys } from './kms-keys.ts'

export interface GrantedCallersProps {
  /** The roles and users that grants name. */
  readonly callers: readonly NamedCaller[]
  readonly bundles: string
  readonly kmsKeys: KmsKeys
  readonly logDays: RetentionDays
}

/**
 * The unique IDs of the roles and users that grants name. The deployment fails when one of them does not exist.
 * Otherwise, anyone who may create IAM roles could create the missing one and get its grant.
 */
export class GrantedCallers extends Construct {
  /** Comma-separated, in the order of the callers. */
  readonly ids: string

  constructor(scope: Construct, id: string, { callers, bundles, kmsKeys, logDays }: GrantedCallersProps) {
    super(scope, id)
    const { partition, account } = Stack.of(this)
    const resourcesOf = (kind: string) =>
      callers.flatMap(({ key }) => {
        const [ofKind, name] = key.split('/')
        // The ARN may have a path before the name.
        return ofKind === kind
          ? ['', '*/'].map((path) => `arn:${partition}:iam::${account}:${kind}/${path}${name}`)
          : []
      })
    const reading = [
      { actions: ['iam:GetRole'], resources: resourcesOf('role') },
      { actions: ['iam:GetUser'], resources: resourcesOf('user') },
    ]
    const finder = new NodeFunction(this, 'Find', {
      ...findsGrantedCaller,
      bundles,
      environment: {},
      permissions: reading.filter(({ resources }) => resources.length > 0).map((each) => new PolicyStatement(each)),
      kmsKeys,
      logDays,
    })
    const found = callers.map(
      ({ key, id: known }) =>
        new CustomResource(this, key, {
          resourceType: 'Custom::GrantedCaller',
          serviceToken: finder.functionArn,
          // Enough time for the two retries of a failed call, which Lambda makes after one and after two minutes.
          serviceTimeout: Duration.minutes(10),
          properties: { Caller: key, ...(known !== undefined && { Id: known }) },
        }),
    )
    this.ids = found.map((each) => each.getAttString('Id')).join(',')
  }
}
