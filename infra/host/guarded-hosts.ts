import { CustomResource, Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'

export interface GuardedHostsProps {
  /** The function of lambdas/discovery/hosts-in-use.ts. */
  readonly guard: IFunction
  /** Empty when the deployment hosts no issuers. */
  readonly hosts: readonly string[]
}

/**
 * The hosts of the deployment's issuers. A stack update that removes a host fails while a recorded cluster has its
 * issuer there. Every stack has this resource, even without hosts. If an update removed the resource, CloudFormation
 * would call the function only after all other changes of the update.
 */
export class GuardedHosts extends CustomResource {
  constructor(scope: Construct, id: string, { guard, hosts }: GuardedHostsProps) {
    super(scope, id, {
      resourceType: 'Custom::IssuerHosts',
      serviceToken: guard.functionArn,
      // Enough time for the two retries of a failed call, which Lambda makes after one and after two minutes:
      // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
      serviceTimeout: Duration.minutes(10),
      properties: { Hosts: [...hosts] },
    })
  }
}
