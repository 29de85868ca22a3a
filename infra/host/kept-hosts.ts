import { CustomResource, Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'

export interface KeptHostsProps {
  /** The function of lambdas/discovery/hosts-in-use.ts. */
  readonly guard: IFunction
  /** None when the deployment serves no issuers. */
  readonly hosts: readonly string[]
}

/**
 * The hosts at which the deployment serves issuers. A change of the stack by which one goes fails while a recorded cluster
 * has its issuer there. It is in every stack, since CloudFormation asks nobody about a resource that is no longer in the
 * template before it has changed all others.
 */
export class KeptHosts extends CustomResource {
  constructor(scope: Construct, id: string, { guard, hosts }: KeptHostsProps) {
    super(scope, id, {
      resourceType: 'Custom::IssuerHosts',
      serviceToken: guard.functionArn,
      // Lambda calls a function that has failed twice more, after one minute and after two:
      // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
      serviceTimeout: Duration.minutes(10),
      properties: { Hosts: [...hosts] },
    })
  }
}
