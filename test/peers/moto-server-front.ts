import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { rootCredentials } from '../../sandbox/account.ts'
import { sendSigned } from '../../sandbox/aws/signed-request.ts'
import { type Call, type CallLog, MemoryCallLog } from '../../sandbox/call-log.ts'
import { type Fault, type FaultKind, MemoryFaults } from '../../sandbox/faults.ts'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { sequential } from '../../sandbox/sequential.ts'

/** A proxy that adds a call log and faults to an AWS without them. */
export interface Front {
  readonly endpoint: string
  readonly calls: CallLog
  readonly faults: { add(fault: Fault): Promise<void>; clear(): Promise<void> }
  /** Forwards later requests to another server. */
  sendTo(endpoint: string): void
  close(): Promise<void>
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}

const connectionHeaders = ['host', 'connection', 'content-length']
const signatureHeaders = ['authorization', 'x-amz-date', 'x-amz-content-sha256']

/**
 * Starts a proxy that forwards requests to `endpoint`, and logs them. It sends requests to DynamoDB one after the other:
 * moto's server has a thread for each request, and one thread reads what another one has written of its transaction.
 * DynamoDB isolates them: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export async function startMotoFront(endpoint: string): Promise<Front> {
  let target = endpoint
  const calls = new MemoryCallLog()
  const faults = new MemoryFaults()
  const toDynamoDb = sequential()
  const server = createServer((incoming, response) => {
    void receive(incoming)
      .then(async (request) => {
        const at = Date.now()
        const operation = operationOf(request)
        const fault = faults.take({ operation, object: '*' })
        const forwarding = () => forward(request, target)
        const sent = operation.startsWith('dynamodb:') ? () => toDynamoDb(forwarding) : forwarding
        const answer = refusalBy(fault?.kind, request) ?? (await sent())
        calls.add(callOf(operation, at, answer.status))
        if (fault?.kind === 'drop-response') response.destroy()
        else send(response, answer)
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const port = await listenOnFreePort(server)
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    faults: { add: async (fault) => faults.add(fault), clear: async () => faults.clear() },
    sendTo(other) {
      target = other
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function receive(incoming: IncomingMessage): Promise<Request> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part)
  const { method = 'GET', url: path = '/', headers } = incoming
  return { method, path, headers, body: Buffer.concat(parts) }
}

/**
 * Forwards a request. A signature is valid for one host only: requests of the root user are signed again for the target.
 * Other signatures are forwarded unchanged, because moto verifies none, and identifies the caller by the access key.
 */
async function forward(request: Request, target: string): Promise<Answer> {
  const { method, path, headers, body } = request
  const dropped = isOfRoot(headers) ? [...connectionHeaders, ...signatureHeaders] : connectionHeaders
  const forwarded = Object.entries(headers).filter(([name]) => !dropped.includes(name))
  const message = {
    method,
    headers: Object.fromEntries(forwarded.map(([name, value]) => [name, String(value)])),
    ...(body.length > 0 && { body: body.toString() }),
  }
  const response = isOfRoot(headers)
    ? await sendSigned({ ...message, service: serviceOf(headers), url: new URL(path, target) })
    : await fetch(target + path, message)
  return {
    status: response.status,
    contentType: mediaTypeOf(headers, response),
    body: Buffer.from(await response.arrayBuffer()),
  }
}

/**
 * Services of a JSON protocol respond with the media type of the request, where moto's Secrets Manager sends text/html.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#protocol-behaviors
 */
function mediaTypeOf(request: IncomingMessage['headers'], response: Response): string {
  const ofRequest = 'x-amz-target' in request ? request['content-type'] : undefined
  return ofRequest ?? response.headers.get('content-type') ?? 'text/plain'
}

function isOfRoot({ authorization = '' }: IncomingMessage['headers']): boolean {
  return authorization.includes(`Credential=${rootCredentials.accessKeyId}/`)
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length }).end(body)
}

/** "iam:CreateRole", from the form's Action, or from the header of services with a JSON protocol. */
function operationOf({ headers, body }: Request): string {
  const target = headers['x-amz-target']
  const action =
    typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(body.toString()).get('Action')
  return `${serviceOf(headers)}:${action}`
}

/** The service in the signature. Only AssumeRoleWithWebIdentity has none. */
function serviceOf({ authorization = '' }: IncomingMessage['headers']): string {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1] ?? 'sts'
}

function callOf(operation: string, at: number, status: number): Call {
  const reads = /:(Assume|BatchGet|Describe|Get|List|Query)/.test(operation)
  return { at, actor: 'root', operation, object: '*', write: !reads && status < 400 }
}

function refusalBy(fault: FaultKind | undefined, request: Request): Answer | undefined {
  if (fault === 'refuse') return refusal(request, 403, 'AccessDenied')
  if (fault === 'unavailable') return refusal(request, 503, 'ServiceUnavailable')
  return undefined
}

/** An error in the protocol of the request: JSON or XML. */
function refusal({ headers }: Request, status: number, code: string): Answer {
  const json = headers['x-amz-target'] !== undefined
  const text = json
    ? JSON.stringify({ __type: `${code}Exception`, message: 'injected' })
    : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>injected</Message></Error></ErrorResponse>`
  return { status, contentType: json ? 'application/x-amz-json-1.0' : 'text/xml', body: Buffer.from(text) }
}
