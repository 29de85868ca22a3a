import * as z from 'zod'

/** The AWS account and region in which the acceptance runs. */
export interface AwsTarget {
  /** A profile of the AWS configuration files. */
  readonly profile: string
  readonly region: string
  /** URL of another AWS endpoint, such as that of the sandbox. Default: AWS. */
  readonly endpoint?: string | undefined
}

/** The configuration of each client of the SDK. */
export function clientOf({ profile, region, endpoint }: AwsTarget) {
  return { profile, region, ...(endpoint !== undefined && { endpoint }) }
}

/** Variables that are retained: the paths of the files with the profiles. */
const files = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE']

/** The environment for the commands of the CDK and `wid`: this target, without credentials or endpoints of another one. */
export function environmentOf({ profile, region, endpoint }: AwsTarget, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(own).filter(([name]) => !/^(AWS|WID)_/.test(name) || files.includes(name))
  return {
    ...Object.fromEntries(others),
    AWS_PROFILE: profile,
    AWS_REGION: region,
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true' }),
  }
}

/** The name of a deployment of the acceptance. No other objects have such a name, so that the acceptance may delete those that do. */
export const ownName = z.string().regex(/^WorkloadIdentity[a-z0-9]{8}$/)

/** A new name for each run, which conflicts with no existing object. All accounts share the names of buckets. */
export function newName(): string {
  const characters = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36))
  return `WorkloadIdentity${characters.join('')}`
}
