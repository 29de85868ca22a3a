import * as z from 'zod/mini'
import { callJson } from './json-call.ts'
import { type AwsSettings, unlessAbsent, unlessDenied } from './settings.ts'

/**
 * The parameter of a bootstrap with the CDK's default qualifier:
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version'

export type BootstrapRead = { readonly version: string } | 'absent' | 'denied'

const answer = z.object({ Parameter: z.object({ Value: z.string() }) })

/**
 * The version of the CDK's bootstrap in the region.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 *
 * @throws {CommandError} when the credentials are missing or not valid
 */
export async function readBootstrap(settings: AwsSettings): Promise<BootstrapRead> {
  const call = callJson(settings, {
    service: 'ssm',
    target: 'AmazonSSM.GetParameter',
    input: { Name: bootstrapParameter },
    answer,
  })
  const read = await unlessDenied(
    settings,
    `the parameter ${bootstrapParameter}`,
    unlessAbsent('ParameterNotFound', call),
  )
  return read === 'denied' || read === 'absent' ? read : { version: read.Parameter.Value }
}
