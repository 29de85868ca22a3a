import { Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'

/** Calls the sweep every five minutes. A call that fails is not kept: the next one looks at the same operations. */
export class OperationSweep extends Construct {
  constructor(scope: Construct, id: string, { sweep }: { readonly sweep: IFunction }) {
    super(scope, id)
    const { partition, region, account } = Stack.of(this)
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`
    const mayCall = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweep.functionArn] })
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
      }),
      description: 'Sweeps operations',
      inlinePolicies: { Rights: new PolicyDocument({ statements: [mayCall] }) },
    })
    new CfnSchedule(this, 'Schedule', {
      description: 'Ends operations whose executions are gone',
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: sweep.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    })
  }
}
