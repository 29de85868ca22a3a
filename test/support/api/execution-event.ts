import type { EventBridgeEvent } from 'aws-lambda'

export interface Executed {
  readonly stateMachineArn: string
  readonly name: string
  readonly status: string
}

/**
 * The event of an execution that has ended, as AWS documents "Execution Timed Out" and others:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionEvent({ stateMachineArn, name, status }: Executed) {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
  return {
    version: '0',
    id: '315c1398-40ff-a850-213b-158f73e60175',
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: '012345678912',
    time: '2019-02-26T19:42:21Z',
    region: 'us-east-1',
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn,
      name,
      status,
      startDate: 1551224926156,
      stopDate: 1551224927157,
      input: '{}',
      inputDetails: { included: true },
      output: null,
      outputDetails: null,
    },
  } satisfies EventBridgeEvent<string, object>
}
