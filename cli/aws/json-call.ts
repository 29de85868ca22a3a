/** Calls of AWS services with the protocol awsJson1_1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'
import { signerOf } from '../api/sign.ts'
import type { AwsSettings } from './settings.ts'

export interface JsonCall<Answer> {
  readonly service: 'acm' | 'ssm'
  /** The operation with the prefix of its service: `AmazonSSM.GetParameter`. */
  readonly target: string
  readonly input: object
  /** The used part of a successful response. */
  readonly answer: z.ZodMiniType<Answer>
}

/** An error response of AWS. Its name is AWS's: `ParameterNotFound`. */
class AwsError extends Error {
  override readonly name: string

  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

/** In milliseconds. */
const timeout = 30_000

/**
 * The response of a service. An SDK client for it would make the package of the command larger.
 *
 * @throws {Error} with AWS's name for the error, as an SDK client does
 */
export async function callJson<Answer>(
  { endpoint, region, credentials }: AwsSettings,
  { service, target, input, answer }: JsonCall<Answer>,
): Promise<Answer> {
  const url = endpoint ?? (process.env.AWS_ENDPOINT_URL || publicEndpoint(service, region))
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
  const sign = signerOf({ service, region, credentials })
  const request = await sign(new Request(url, { method: 'POST', headers, body: JSON.stringify(input) }))
  const response = await fetch(request, { signal: AbortSignal.timeout(timeout) }).catch(causeOf)
  const body = jsonIn(await response.text())
  const { success, data } = answer.safeParse(body)
  if (response.ok && success) return data
  throw errorIn(body, response.status)
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
function publicEndpoint(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** Throws the cause of fetch's error, because the error itself says only "fetch failed". */
function causeOf(error: unknown): never {
  throw error instanceof Error && error.cause instanceof Error ? error.cause : error
}

const errorAnswer = z.object({ __type: z.string(), message: z.optional(z.string()), Message: z.optional(z.string()) })

function errorIn(answer: unknown, status: number): AwsError {
  const { data } = errorAnswer.safeParse(answer)
  if (!data) return new AwsError(`HTTP ${status}`, 'the response does not have the format of AWS')
  // A type may have a namespace before it and a URL behind it.
  const name = data.__type.replace(/^.*#/, '').replace(/:.*$/, '')
  return new AwsError(name, data.message ?? data.Message ?? '')
}
