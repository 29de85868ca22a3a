/**
 * The middy stack of an API operation. It parses the event of an HTTP API (payload version 2.0), and turns the answer
 * or the error of the operation into a response. Each error is problem+json, and says nothing about the inside.
 */
import middy, { type MiddyfiedHandler } from '@middy/core'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import * as z from 'zod/mini'
import { StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { type Problem, problem, problemMediaType } from './problem.ts'

const event = z.object({
  routeKey: z.string(),
  headers: z.record(z.string(), z.string()),
  queryStringParameters: z.optional(z.record(z.string(), z.string())),
  pathParameters: z.nullish(z.record(z.string(), z.string())),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({
    requestId: z.string(),
    authorizer: z.optional(
      z.object({
        iam: z.nullish(z.object({ userArn: z.string() })),
        jwt: z.nullish(z.object({ claims: z.record(z.string(), z.unknown()) })),
      }),
    ),
  }),
})

/** A request to the API. */
export interface ApiCall {
  /** ARN of the IAM caller, or issuer and subject of the JWT. */
  readonly caller: string
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
} & (Json | Text)

/** Sent as JSON. */
interface Json {
  readonly body: unknown
}

/** Sent unchanged. */
interface Text {
  readonly text: string
  readonly mediaType: string
}

/** Thrown by an operation that refuses a call. The problem is the body of the response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>

  constructor(refused: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(refused.title)
    this.problem = refused
    this.headers = headers
  }
}

export type ApiHandler = MiddyfiedHandler<unknown, APIGatewayProxyStructuredResultV2>

/** The Lambda handler of an API operation. */
export function operation(run: (call: ApiCall) => Promise<Answer> | Answer): ApiHandler {
  return middy<unknown, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(answeringProblems())
    .handler(async (received) => responseOf(await run(callOf(event.parse(received)))))
}

function callOf(received: z.output<typeof event>): ApiCall {
  return {
    caller: callerOf(received.requestContext.authorizer),
    headers: Object.fromEntries(Object.entries(received.headers).map(([name, value]) => [name.toLowerCase(), value])),
    query: received.queryStringParameters ?? {},
    parameters: received.pathParameters ?? {},
    body: Buffer.from(received.body ?? '', received.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/**
 * The caller's identity. API Gateway has checked the signature or the token, and each route has an authorizer.
 *
 * @throws {ProblemError} 403 when there is no IAM caller, and no token with iss and sub
 */
function callerOf(authorizer: z.output<typeof event>['requestContext']['authorizer']): string {
  if (authorizer?.iam) return authorizer.iam.userArn
  const { iss, sub } = authorizer?.jwt?.claims ?? {}
  if (typeof iss === 'string' && typeof sub === 'string') return `${iss}#${sub}`
  throw new ProblemError(
    problem('forbidden', { detail: 'The request has no IAM caller, and no token with iss and sub' }),
  )
}

function responseOf(answer: Answer): APIGatewayProxyStructuredResultV2 {
  const { text, mediaType } =
    'text' in answer ? answer : { text: JSON.stringify(answer.body), mediaType: 'application/json' }
  return {
    statusCode: answer.status,
    headers: { 'content-type': mediaType, 'cache-control': 'no-store', ...answer.headers },
    body: text,
  }
}

function answeringProblems(): middy.MiddlewareObj<unknown, APIGatewayProxyStructuredResultV2> {
  return {
    onError: ({ error }) => {
      const { headers, problem } = problemErrorOf(error)
      return responseOf({ status: problem.status, headers, text: JSON.stringify(problem), mediaType: problemMediaType })
    },
  }
}

function problemErrorOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const known = error instanceof StepError
  log('error', 'operation failed', {
    ...(known && { object: error.object, reason: error.reason }),
    name: error instanceof Error ? error.name : 'Error',
    frames: framesOf(error),
  })
  if (known && error.transient) {
    return new ProblemError(problem('unavailable', { detail: `${error.reason}. ${error.action}.` }), {
      'retry-after': '5',
    })
  }
  return new ProblemError(
    problem('internal', { detail: "Look for the request's time in the log of the API's function" }),
  )
}
