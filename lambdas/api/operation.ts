/**
 * What stands around each operation of the API. It parses the event of an HTTP API (payload version 2.0), asks whether the caller
 * may do what the operation is about to do, and turns the answer or the error of the operation into a response. Each
 * error is problem+json, and says nothing about the inside.
 */
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { auditLine } from '../access/audit.ts'
import type { Access } from '../access/decide.ts'
import { iamPrincipal, jwtPrincipal, type Principal } from '../access/principal.ts'
import type { Question } from '../access/question.ts'
import { refusalOf, replacedCaller, unknownCaller } from '../access/refusal.ts'
import { isRefusal, StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { publishMetric } from '../metrics.ts'
import { deployedAccess } from './access/deployed-access.ts'
import { ProblemError, problem, problemMediaType } from './problem.ts'
import { type OperationName, routes } from './routes.ts'

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
        iam: z.nullish(z.object({ userArn: z.string(), userId: z.string() })),
        jwt: z.nullish(z.object({ claims: z.record(z.string(), z.unknown()) })),
      }),
    ),
  }),
})

/** A request to the API. */
export interface ApiCall {
  readonly requestId: string
  /** ARN of the IAM caller with its session, or issuer and subject of the JWT. */
  readonly caller: string
  readonly principal: Principal
  /** Method and path, as the table of routes has them: `GET /v1/clusters/{cluster}`. */
  readonly route: string
  /** What comes before `/v1` in the paths of the caller's routes. */
  readonly root: string
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A call whose questions are all answered with yes. */
export interface AllowedCall extends ApiCall {
  /** Whether the caller may see something, for what an answer leaves out. */
  readonly sees: (question: Question) => boolean
}

export type Questions = readonly [Question, ...Question[]]

/** What an operation asks, with what it has read for that. */
interface Asked<Subject> {
  readonly questions: Questions
  readonly subject: Subject
}

export interface Operation<Subject> {
  /** Reads what the questions need, and writes nothing. */
  readonly asks: (call: ApiCall) => Promise<Asked<Subject>> | Asked<Subject>
  /** Called when the caller may do all that was asked. */
  readonly runs: (call: AllowedCall, subject: Subject) => Promise<Answer> | Answer
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

/** The start of an operation has failed, and the operation may be recorded or running all the same. */
export class UnconfirmedStart extends Error {
  override readonly name = 'UnconfirmedStart'
  readonly location: string

  constructor(location: string, cause: unknown) {
    super(`the start of ${location} has failed`, { cause })
    this.location = location
  }
}

export type ApiHandler = (received: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/** The Lambda handler of an API operation. */
export function operation<Subject>(of: Operation<Subject>): ApiHandler {
  return async (received) => {
    try {
      return responseOf(await answerTo(callOf(event.parse(received)), of))
    } catch (error) {
      const { headers, problem } = problemErrorOf(error, requestOf(received))
      return responseOf({ status: problem.status, headers, text: JSON.stringify(problem), mediaType: problemMediaType })
    }
  }
}

/** By method and path: `GET /v1/clusters/{cluster}`. */
const operations = new Map<string, OperationName>(
  routes.map(({ method, path, operation: name }) => [`${method} ${path}`, name]),
)

/**
 * The Lambda handler of a function with several operations. API Gateway has matched the request with a route, and names it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function routing(handlers: Readonly<Partial<Record<OperationName, ApiHandler>>>): ApiHandler {
  return (received, context) => {
    const { route = '' } = requestOf(received)
    const name = operations.get(withoutRoot(route))
    return ((name && handlers[name]) ?? unknown)(received, context)
  }
}

const unknown = operation({ asks: refuseRoute, runs: refuseRoute })

function refuseRoute(): never {
  throw new ProblemError(problem('not-found', { detail: 'The API has no such route' }))
}

async function answerTo<Subject>(call: ApiCall, { asks, runs }: Operation<Subject>): Promise<Answer> {
  const access = deployedAccess()
  if (access.isReplaced(call.principal)) throw forbidden(refusedReplaced(call, access))
  if (!access.isKnown(call.principal)) throw forbidden(refusedUnknown(call, access))
  const { questions, subject } = await asks(call)
  requireAllowed(call, access, questions)
  const seen = { shown: 0, hidden: 0 }
  const sees = (question: Question) => {
    const { allowed } = access.decide(call.principal, question)
    seen[allowed ? 'shown' : 'hidden'] += 1
    return allowed
  }
  const answer = await runs({ ...call, sees }, subject)
  if (seen.shown + seen.hidden > 0) log('info', 'access to parts', { ...whoOf(call), ...seen })
  return answer
}

/** @throws {ProblemError} 403 when one of the questions is refused; it has the reasons of all */
function requireAllowed(call: ApiCall, access: Access, questions: Questions): void {
  const refusals = questions.flatMap((question) => {
    const decision = access.decide(call.principal, question)
    log('info', 'access', auditLine(call, question, decision))
    return decision.allowed ? [] : [refusalOf(access, call.principal, question, decision)]
  })
  if (refusals.length > 0) throw forbidden(refusals.join(' '))
}

function refusedUnknown(call: ApiCall, access: Access): string {
  log('info', 'access', { ...whoOf(call), decision: 'deny', policies: [], grants: [] })
  return unknownCaller(access, call.principal)
}

/** With the reason, because the caller has the name of one that has grants. */
function refusedReplaced(call: ApiCall, access: Access): string {
  const { principal } = call
  const reason = 'another role or user of this name has the grants: this one was made later'
  const id = principal.kind === 'iam' ? principal.id : undefined
  log('info', 'access', { ...whoOf(call), id, decision: 'deny', policies: [], grants: [], reason })
  return replacedCaller(access, principal)
}

function whoOf({ requestId, caller, principal }: ApiCall) {
  return { requestId, caller, principal: principal.name }
}

function forbidden(detail: string): ProblemError {
  return new ProblemError(problem('forbidden', { detail }))
}

function callOf(received: z.output<typeof event>): ApiCall {
  const { requestContext, routeKey } = received
  const headers = Object.fromEntries(
    Object.entries(received.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    requestId: requestContext.requestId,
    ...callerOf(requestContext.authorizer, headers.authorization),
    route: withoutRoot(routeKey),
    root: rootOf(routeKey),
    headers,
    query: received.queryStringParameters ?? {},
    parameters: received.pathParameters ?? {},
    body: Buffer.from(received.body ?? '', received.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** What comes before `/v1` in the path of a route: empty for IAM, `/ISSUER` for the tokens of an issuer. */
function rootOf(routeKey: string): string {
  return /^[A-Z]+ (\/[a-z0-9-]+)\/v1\//.exec(routeKey)?.[1] ?? ''
}

function withoutRoot(routeKey: string): string {
  return routeKey.replace(rootOf(routeKey), '')
}

/**
 * The caller's identity. API Gateway has checked the signature or the token, and each route has an authorizer.
 *
 * @throws {ProblemError} 403 when there is no IAM caller, and no token with iss and sub
 */
function callerOf(
  authorizer: z.output<typeof event>['requestContext']['authorizer'],
  authorization: string | undefined,
): Pick<ApiCall, 'caller' | 'principal'> {
  if (authorizer?.iam) {
    const { userArn, userId } = authorizer.iam
    return { caller: userArn, principal: iamPrincipal(userArn, userId) }
  }
  const principal = authorizer?.jwt && jwtPrincipal(authorization, authorizer.jwt.claims)
  if (principal) return { caller: principal.name, principal }
  throw forbidden('The request has no IAM caller, and not exactly one token with iss and sub')
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

/** Names the request as the access log of the API does. Nothing is known when the event is none of an HTTP API. */
function requestOf(received: unknown) {
  const { data } = event.safeParse(received)
  return { requestId: data?.requestContext.requestId, route: data?.routeKey }
}

function problemErrorOf(error: unknown, request: ReturnType<typeof requestOf>): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof UnconfirmedStart) return withLocation(error.location, problemErrorOf(error.cause, request))
  const known = error instanceof StepError
  log('error', 'operation failed', {
    ...request,
    ...(known && { object: error.object, reason: error.reason }),
    name: error instanceof Error ? error.name : 'Error',
    frames: framesOf(error),
  })
  if (isRefusal(error)) publishMetric('AccessDenied', 1, { about: request })
  if (known && error.transient) {
    return new ProblemError(problem('unavailable', { detail: `${error.reason}. ${error.action}.` }), {
      'retry-after': '5',
    })
  }
  return new ProblemError(
    problem('internal', { detail: "Look for the request's time in the log of the API's function" }),
  )
}

/** Without the location a caller cannot follow or cancel the operation, and its next request is refused while the operation runs. */
function withLocation(location: string, { problem: failed, headers }: ProblemError): ProblemError {
  const doubt = `${location} may have started: read it, or send the request again with the same Idempotency-Key`
  const detail = failed.detail === undefined ? doubt : `${failed.detail.replace(/\.$/, '')}. ${doubt}`
  return new ProblemError({ ...failed, detail, instance: location }, { ...headers, location })
}
