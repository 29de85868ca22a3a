import { Fn, Stack } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'

export interface VendedLogGroupProps {
  /** The part of the name that tells which service writes the log. */
  readonly service: 'apis' | 'states'
  /** Tells the log groups of a service apart. */
  readonly name: string
  readonly days: RetentionDays
}

/**
 * A log group that a service of AWS writes to by itself. CloudWatch allows that by a policy whose size is limited, and which names
 * each such log group except those below `/aws/vendedlogs/`: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 *
 * It remains when the stack is deleted, unless the settings say otherwise. The stack's id is in its name, so that a stack that is made again has others.
 */
export class VendedLogGroup extends LogGroup {
  constructor(scope: Construct, id: string, { service, name, days }: VendedLogGroupProps) {
    const { stackName, stackId } = Stack.of(scope)
    // The last part of arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID.
    const ofStack = Fn.select(2, Fn.split('/', stackId))
    super(scope, id, {
      logGroupName: `/aws/vendedlogs/${service}/${stackName}-${name}-${ofStack}`,
      retention: days,
    })
  }
}
