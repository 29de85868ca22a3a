/** The metrics that AWS services send, and the page that documents them. */
export const documentedMetrics: Readonly<Record<string, { readonly page: string; readonly names: readonly string[] }>> =
  {
    'AWS/States': {
      page: 'https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html',
      names: [
        'ExecutionsStarted',
        'ExecutionsSucceeded',
        'ExecutionsFailed',
        'ExecutionsTimedOut',
        'ExecutionThrottled',
      ],
    },
    'AWS/Lambda': {
      page: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html',
      names: ['Throttles', 'AsyncEventsDropped', 'Errors', 'Invocations'],
    },
    'AWS/ApiGateway': {
      page: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html',
      names: ['5xx'],
    },
    'AWS/SQS': {
      page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
      names: ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
    },
  }
