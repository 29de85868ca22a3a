import { NoApi } from '../api/endpoint.ts'
import type { AwsPlace } from '../aws/settings.ts'
import type { Context, GlobalOptions } from '../context.ts'

/** What there is to be looked at: without an API, what needs none. */
export interface Patient {
  /** Why there is no context: nothing names the API. */
  readonly context: Context | NoApi
  readonly aws: AwsPlace
}

/** @throws {WrongUse} when an option is not what it should be */
export function patientFrom(options: GlobalOptions, contextFrom: (options: GlobalOptions) => Context): Patient {
  try {
    const context = contextFrom(options)
    return { context, aws: context }
  } catch (error) {
    if (!(error instanceof NoApi)) throw error
    const { profile, region } = options
    return { context: error, aws: { profile, endpoint: region === undefined ? {} : { region } } }
  }
}
