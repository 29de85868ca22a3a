import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'

/**
 * Lets functions send their segments of a trace to X-Ray. All roles share this one policy. Its actions support no
 * resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
export class TracingPolicy extends Policy {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      statements: [
        new PolicyStatement({ actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] }),
      ],
    })
  }
}
