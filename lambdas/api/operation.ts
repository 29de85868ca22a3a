/**
 * The frame of every API operation. It parses the event of an HTTP API (payload version 2.0), authorizes the caller,
 * and turns the result or the error of the operation into a response. Errors are problem+json and reveal no internals.
 */
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { auditLine } from '../access/audit.ts'
import type { AuthorizationRequest } from '../access/authorization-request.ts'
import type { Access } from '../access/decide.ts'
import { iamPrincipal, jwtPrincipal, type Principal } from '../access/principal.ts'
import { refusalOf, replacedCaller, unknownCaller } from '../access/refusal.ts'
import { isRefusal, StepError } from '../errors/step-errors.ts'
import { framesOf, log } from '../log.ts'
import { publishMetric } from '../metrics.ts'
import { oldestCommand, version } from '../version.ts'
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

export interface ApiCall {
  readonly requestId: string
  /** ARN of the IAM caller with its session, or issuer and subject of the JWT. */
  readonly caller: string
  readonly principal: Principal
  /** Method and path, as in the route table: `GET /v1/clusters/{cluster}`. */
  readonly route: string
  /** The part of the path before `/v1` in the caller's routes. */
  readonly root: string
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface AllowedCall extends ApiCall {
  /** Whether the caller may see an object. Responses omit objects that the caller may not see. */
  readonly maySee: (check: AuthorizationRequest) => boolean
}

export type Checks = readonly [AuthorizationRequest, ...AuthorizationRequest[]]

/** The authorization checks of an operation, and the data that it has read for them. */
interface AuthorizationChecks<Input> {
  readonly checks: Checks
  readonly input: Input
}

export interface Operation<Input> {
  /** Reads what the authorization checks need, and writes nothing. */
  readonly authorizes: (call: ApiCall) => Promise<AuthorizationChecks<Input>> | AuthorizationChecks<Input>
  /** Runs only when all authorization checks allow the call. */
  readonly runs: (call: AllowedCall, input: Input) => Promise<Answer> | Answer
}

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
} & (Json | Text)

interface Json {
  readonly body: unknown
}

interface Text {
  readonly text: string
  readonly mediaType: string
}

/** The start of an operation failed, but the operation may be recorded or running. */
export class UnconfirmedStart extends Error {
  override readonly name = 'UnconfirmedStart'
  readonly location: string

  constructor(location: string, cause: unknown) {
    super(`the start of ${location} has failed`, { cause })
    this.location = location
  }
}

export type ApiHandler = (received: unknown, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

export function operation<Input>(of: Operation<Input>): ApiHandler {
  return answering((received) => answerTo(callOf(received), of))
}

/** A call without a caller that API Gateway has authenticated. */
export type Received = Omit<ApiCall, 'caller' | 'principal'>

/** An operation that authenticates its caller itself. */
export function openOperation(runs: (call: Received) => Promise<Answer>): ApiHandler {
  return answering((received) => runs(receivedOf(received)))
}

function answering(answer: (received: z.output<typeof event>) => Promise<Answer>): ApiHandler {
  return async (received) => {
    try {
      return responseOf(await answer(event.parse(received)))
    } catch (error) {
      const { headers, problem } = problemErrorOf(error, requestOf(received))
      return responseOf({ status: problem.status, headers, text: JSON.stringify(problem), mediaType: problemMediaType })
    }
  }
}

/** The operations by method and path: `GET /v1/clusters/{cluster}`. */
const operations = new Map<string, OperationName>(
  routes.map(({ method, path, operation: name }) => [`${method} ${path}`, name]),
)

/**
 * The Lambda handler of a function with several operations. The event names the route that API Gateway has matched:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function routing(handlers: Readonly<Partial<Record<OperationName, ApiHandler>>>): ApiHandler {
  return (received, context) => {
    const { route = '' } = requestOf(received)
    const name = operations.get(withoutRoot(route))
    return ((name && handlers[name]) ?? unknownRoute)(received, context)
  }
}

export const unknownRoute = operation({ authorizes: refuseRoute, runs: refuseRoute })

function refuseRoute(): never {
  throw new ProblemError(problem('not-found', { detail: 'The API has no such route' }))
}

async function answerTo<Input>(call: ApiCall, { authorizes, runs }: Operation<Input>): Promise<Answer> {
  const access = deployedAccess()
  if (access.isReplaced(call.principal)) throw forbidden(refusedReplaced(call, access))
  if (!access.isKnown(call.principal)) throw forbidden(refusedUnknown(call, access))
  const { checks, input } = await authorizes(call)
  requireAllowed(call, access, checks)
  const seen = { shown: 0, hidden: 0 }
  const maySee = (check: AuthorizationRequest) => {
    const { allowed } = access.decide(call.principal, check)
    seen[allowed ? 'shown' : 'hidden'] += 1
    return allowed
  }
  const answer = await runs({ ...call, maySee }, input)
  if (seen.shown + seen.hidden > 0) log('info', 'access to parts', { ...whoOf(call), ...seen })
  return answer
}

/** @throws {ProblemError} 403 when a check denies the call; it contains the reasons of all denials */
function requireAllowed(call: ApiCall, access: Access, checks: Checks): void {
  const refusals = checks.flatMap((check) => {
    const decision = access.decide(call.principal, check)
    log('info', 'access', auditLine(call, check, decision))
    return decision.allowed ? [] : [refusalOf(access, call.principal, check, decision)]
  })
  if (refusals.length > 0) throw forbidden(refusals.join(' '))
}

function refusedUnknown(call: ApiCall, access: Access): string {
  log('info', 'access', { ...whoOf(call), decision: 'deny', policies: [], grants: [] })
  return unknownCaller(access, call.principal)
}

/** Logs the reason too, because the caller has the name of a granted role or user, but another unique ID. */
function refusedReplaced(call: ApiCall, access: Access): string {
  const { principal } = call
  const reason = 'the grants belong to an earlier role or user of this name: the caller was created later'
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
  const call = receivedOf(received)
  return { ...call, ...callerOf(received.requestContext.authorizer, call.headers.authorization) }
}

function receivedOf(received: z.output<typeof event>): Received {
  const { requestContext, routeKey } = received
  const headers = Object.fromEntries(
    Object.entries(received.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    requestId: requestContext.requestId,
    route: withoutRoot(routeKey),
    root: rootOf(routeKey),
    headers,
    query: received.queryStringParameters ?? {},
    parameters: received.pathParameters ?? {},
    body: Buffer.from(received.body ?? '', received.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** The part of a route's path before `/v1`: empty for IAM, `/ISSUER` for tokens of an issuer. */
function rootOf(routeKey: string): string {
  return /^[A-Z]+ (\/[a-z0-9-]+)\/v1\//.exec(routeKey)?.[1] ?? ''
}

function withoutRoot(routeKey: string): string {
  return routeKey.replace(rootOf(routeKey), '')
}

/**
 * The caller's identity. Each route has an authorizer, so API Gateway has verified the signature or the token.
 *
 * @throws {ProblemError} 403 when the event has neither an IAM caller nor a token with iss and sub
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
  throw forbidden('The request has neither an IAM caller nor exactly one token with the claims iss and sub')
}

/** `wid` compares its own version with the oldest version of `wid` that the API supports. */
const versions = { 'workload-identity-version': version, 'workload-identity-oldest-command': oldestCommand }

function responseOf(answer: Answer): APIGatewayProxyStructuredResultV2 {
  const { text, mediaType } =
    'text' in answer ? answer : { text: JSON.stringify(answer.body), mediaType: 'application/json' }
  return {
    statusCode: answer.status,
    headers: { 'content-type': mediaType, 'cache-control': 'no-store', ...versions, ...answer.headers },
    body: text,
  }
}

/** The request's id and route, as in the access log. Both are undefined when the event is not from an HTTP API. */
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
    problem('internal', {
      detail: "The log of the API's function has the error: search it for the time of this request",
    }),
  )
}

/** The caller needs the location to follow or cancel an operation that blocks the caller's next request. */
function withLocation(location: string, { problem: failed, headers }: ProblemError): ProblemError {
  const doubt = `${location} may have started: read it, or send the request again with the same Idempotency-Key`
  const detail = failed.detail === undefined ? doubt : `${failed.detail.replace(/\.$/, '')}. ${doubt}`
  return new ProblemError({ ...failed, detail, instance: location }, { ...headers, location })
}
