import { sendSigned } from '../../../../sandbox/aws/signed-request.ts'

export interface Invocation {
  readonly payload: unknown
  /** 'Unhandled' when the function failed; the payload is then the error. */
  readonly functionError: string | undefined
}

/** Invokes the fixture's function as Lambda's API does. */
export async function invoke(aws: { endpoint: string }, event: unknown): Promise<Invocation> {
  const url = new URL('/2015-03-31/functions/tricks/invocations', aws.endpoint)
  const body = JSON.stringify(event)
  const response = await sendSigned({ service: 'lambda', method: 'POST', url, body })
  const text = await response.text()
  return {
    payload: text === '' ? undefined : JSON.parse(text),
    functionError: response.headers.get('x-amz-function-error') ?? undefined,
  }
}
