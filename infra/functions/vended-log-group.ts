import { Fn, Stack } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'

export interface VendedLogGroupProps {
  /** The part of the name that identifies the service that writes the log. */
  readonly service: 'apis' | 'states'
  /** Distinguishes the log groups of a service. */
  readonly name: string
  readonly days: RetentionDays
}

/**
 * A log group that an AWS service writes to directly. CloudWatch allows that with a policy of limited size, which names
 * each log group outside `/aws/vendedlogs/`: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 *
 * It remains when the stack is deleted, unless the settings say otherwise. Its name has the stack's ID, because a
 * recreated stack needs other names.
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
