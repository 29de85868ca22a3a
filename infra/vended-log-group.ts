import { Fn, Stack } from 'aws-cdk-lib'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

export interface VendedLogGroupProps {
  /** The part of the name that tells which service writes the log. */
  readonly service: 'apis' | 'states'
  /** Tells the log groups of a service apart. */
  readonly name: string
}

/**
 * A log group that a service of AWS writes to by itself. A policy of the account, of 5,120 characters at most, names each such
 * log group, except those below `/aws/vendedlogs/`:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html#AWS-logs-infrastructure-CWL-resource-policy
 *
 * It remains when the stack is deleted. The stack's id is in its name, so that a stack that is made again has others.
 */
export class VendedLogGroup extends LogGroup {
  constructor(scope: Construct, id: string, { service, name }: VendedLogGroupProps) {
    const { stackName, stackId } = Stack.of(scope)
    // The last part of arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID.
    const ofStack = Fn.select(2, Fn.split('/', stackId))
    super(scope, id, {
      logGroupName: `/aws/vendedlogs/${service}/${stackName}-${name}-${ofStack}`,
      retention: RetentionDays.ONE_MONTH,
    })
  }
}
