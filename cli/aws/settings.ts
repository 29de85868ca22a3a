import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { Context } from '../context.ts'
import { CommandError, WrongUse } from '../errors.ts'
import { stoppedSandbox } from '../sandbox/stopped.ts'

/** The configuration of each SDK client. */
export interface AwsSettings {
  readonly region: string
  readonly credentials: ReturnType<typeof defaultProvider>
  /** The endpoint of the sandbox's AWS. Omitted for real AWS. */
  readonly endpoint?: string
}

/** What determines the account and region, with or without an API. */
export interface AwsContext extends Pick<Context, 'sandbox' | 'profile'> {
  readonly endpoint: Pick<Context['endpoint'], 'region'>
}

/**
 * The account and region of the API, which are also the deployment's. The credentials also sign API requests.
 *
 * @throws {WrongUse} when nothing names the region
 */
export function awsSettings({ sandbox, endpoint, profile }: AwsContext): AwsSettings {
  if (sandbox) {
    const { endpoint: url, region, accessKeyId, secretAccessKey } = sandbox.aws
    return { region, credentials: async () => ({ accessKeyId, secretAccessKey }), endpoint: url }
  }
  const region = endpoint.region ?? process.env.AWS_REGION
  if (!region) throw new WrongUse('The region of the deployment is not known. Give it in AWS_REGION.')
  return { region, credentials: defaultProvider({ ...(profile !== undefined && { profile }) }) }
}

const signIn = 'Sign in ("aws sso login"), or name a profile with --profile.'

/** What to do, by AWS error name. */
const advice: Readonly<Record<string, string>> = {
  AccessDeniedException: 'With --profile, name a profile that has the permission.',
  RegionDisabledException:
    'An administrator of the account activates STS for the region: in the IAM console under Account settings, or, if AWS does not enable the region by default, with "aws account enable-region".',
  InvalidRequestException:
    'If the secret is scheduled for deletion, restore it with "aws secretsmanager restore-secret".',
}

/**
 * The response of AWS.
 *
 * @param settings of the client that sends the request
 * @param what the request is about: "the secret prod"
 * @throws {CommandError} with AWS's message, which contains neither the request nor a credential
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

/** The error names of denials by JSON services, and by IAM and STS. */
const denials = new Set(['AccessDeniedException', 'AccessDenied'])

/**
 * The response of AWS, or `denied` if the credentials may not read it.
 *
 * @throws {CommandError} as awsAnswer does
 */
export async function unlessDenied<Answer>(
  settings: Pick<AwsSettings, 'endpoint'>,
  what: string,
  answer: Promise<Answer>,
): Promise<Answer | 'denied'> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && denials.has(error.name)) return 'denied'
    return awsAnswer(settings, what, Promise.reject(error))
  }
}

/** The response of AWS, or `absent` for an error with this name. */
export async function unlessAbsent<Answer>(errorName: string, answer: Promise<Answer>): Promise<Answer | 'absent'> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === errorName) return 'absent'
    throw error
  }
}
