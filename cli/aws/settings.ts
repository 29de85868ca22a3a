import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { Context } from '../context.ts'
import { CommandError, WrongUse } from '../errors.ts'
import { stoppedSandbox } from '../sandbox/stopped.ts'

/** What each client of the SDK is made with. */
export interface AwsSettings {
  readonly region: string
  readonly credentials: ReturnType<typeof defaultProvider>
  /** Of the sandbox's AWS. Left out on AWS itself. */
  readonly endpoint?: string
}

/** What says which account and region: of a context, or of what somebody has without an API. */
export interface AwsPlace extends Pick<Context, 'sandbox' | 'profile'> {
  readonly endpoint: Pick<Context['endpoint'], 'region'>
}

/**
 * The account and the region in which the deployment is: that of its API. The credentials are those that sign for the API.
 *
 * @throws {WrongUse} when nothing names the region
 */
export function awsSettings({ sandbox, endpoint, profile }: AwsPlace): AwsSettings {
  if (sandbox) {
    const { endpoint: url, region, accessKeyId, secretAccessKey } = sandbox.aws
    return { region, credentials: async () => ({ accessKeyId, secretAccessKey }), endpoint: url }
  }
  const region = endpoint.region ?? process.env.AWS_REGION
  if (region === undefined) throw new WrongUse('The region of the deployment is not known. Give it in AWS_REGION.')
  return { region, credentials: defaultProvider({ ...(profile !== undefined && { profile }) }) }
}

const signIn = 'Sign in ("aws sso login"), or name a profile with --profile.'

/** By the name of AWS's error. */
const advice: Readonly<Record<string, string>> = {
  AccessDeniedException: 'Name a profile that may do this with --profile.',
  InvalidRequestException: 'A secret that is being deleted comes back by "aws secretsmanager restore-secret".',
}

/**
 * An answer of AWS.
 *
 * @param settings of the client that asks
 * @param what was asked for: "the secret prod"
 * @throws {CommandError} with AWS's own words, which have neither the request nor a credential
 */
export async function awsAnswer<Answer>(
  { endpoint }: Pick<AwsSettings, 'endpoint'>,
  what: string,
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    const stopped = endpoint === undefined ? undefined : stoppedSandbox(endpoint, error)
    if (stopped !== undefined) throw new CommandError(stopped)
    const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) }
    throw new CommandError(`AWS refuses ${what} (${name}: ${message}). ${advice[name] ?? signIn}`)
  }
}
