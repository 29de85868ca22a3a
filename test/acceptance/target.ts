import * as z from 'zod'

/** Where the acceptance runs. It knows nothing else of the account. */
export interface Place {
  /** Of the AWS configuration files. */
  readonly profile: string
  readonly region: string
  /** URL of an AWS of one's own, such as that of the sandbox. Left out: AWS itself. */
  readonly endpoint?: string | undefined
}

/** What each client of the SDK is made with. */
export function clientOf({ profile, region, endpoint }: Place) {
  return { profile, region, ...(endpoint !== undefined && { endpoint }) }
}

/** Variables that stay: where the files with the profiles are. */
const files = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE']

/** What the commands of the CDK and `wid` find in their environment: this place, and no credentials or endpoints of another one. */
export function environmentOf({ profile, region, endpoint }: Place, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(own).filter(([name]) => !/^(AWS|WID)_/.test(name) || files.includes(name))
  return {
    ...Object.fromEntries(others),
    AWS_PROFILE: profile,
    AWS_REGION: region,
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true' }),
  }
}

/** The name of a deployment of the acceptance. Nothing else has such a name: what has it may be deleted. */
export const ownName = z.string().regex(/^WidAcceptance[a-z0-9]{8}$/)

/** Another name for each run, so that it meets nothing that is there: names of buckets are one space for all accounts. */
export function newName(): string {
  const characters = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36))
  return `WidAcceptance${characters.join('')}`
}
