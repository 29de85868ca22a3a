import { Stack } from 'aws-cdk-lib'
import { Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'

export interface ReconcilerCallsProps {
  readonly reconciler: IFunction
  readonly stateMachineArns: readonly string[]
}

/**
 * Calls the reconciler at the end of each execution, and in addition every minute: an event may be lost, an execution
 * may not have started, and a newer spec may wait for the lock. A failed scheduled call is not stored, because the next
 * call does its work.
 */
export class ReconcilerCalls extends Construct {
  constructor(scope: Construct, id: string, { reconciler, stateMachineArns }: ReconcilerCallsProps) {
    super(scope, id)
    new Rule(this, 'ExecutionEnded', {
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [...new Set(stateMachineArns)],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new LambdaFunction(reconciler)],
    })
    const { partition, region, account } = Stack.of(this)
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`
    const mayCall = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [reconciler.functionArn] })
    const role = new Role(this, 'Role', {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
      }),
      description: 'Calls the reconciler',
      inlinePolicies: { Rights: new PolicyDocument({ statements: [mayCall] }) },
    })
    new CfnSchedule(this, 'Schedule', {
      description: 'Ends operations whose executions are gone, and starts what waits',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: reconciler.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    })
  }
}
