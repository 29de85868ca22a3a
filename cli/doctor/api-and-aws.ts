import { NoApi } from '../api/endpoint.ts'
import type { AwsContext } from '../aws/settings.ts'
import type { Context, GlobalOptions } from '../context.ts'

/** The API and the AWS account of a command that also works without an API, such as `wid doctor`. */
export interface ApiAndAws {
  /** If no API is named, the error that says so. */
  readonly context: Context | NoApi
  readonly aws: AwsContext
}

/** The inputs of a command that also works without an API. */
export interface Start<Options extends GlobalOptions = GlobalOptions> {
  readonly options: Options
  readonly contextFrom: (options: GlobalOptions) => Context
}

/** @throws {WrongUse} when an option is not valid */
export function apiAndAwsFrom({ options, contextFrom }: Start): ApiAndAws {
  try {
    const context = contextFrom(options)
    return { context, aws: context }
  } catch (error) {
    if (!(error instanceof NoApi)) throw error
    return { context: error, aws: accountNamedBy(options) }
  }
}

/** The account and region of the command line and the environment, never those of an API or a sandbox. */
export function accountNamedBy({ profile, region }: Pick<GlobalOptions, 'profile' | 'region'>): AwsContext {
  return { profile, endpoint: region === undefined ? {} : { region } }
}
