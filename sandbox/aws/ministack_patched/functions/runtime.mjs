// The Node.js runtime inside a function's process: loads the handler as AWS does and answers invocations that come as
// lines of JSON over the socket SANDBOX_CHANNEL. Errors have AWS's form { errorType, errorMessage, trace }.
import { existsSync, writeSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { createRequire, flushCompileCache, registerHooks } from 'node:module'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const LOG_END = '\0end of invocation\n'
const channel = new Socket({ fd: Number(process.env.SANDBOX_CHANNEL) })
delete process.env.SANDBOX_CHANNEL
// The socket closes when the server ends.
channel.on('close', () => process.exit(0))

const aheadMs = Number(process.env.SANDBOX_CLOCK_AHEAD_MS ?? 0)
delete process.env.SANDBOX_CLOCK_AHEAD_MS
if (aheadMs !== 0) setClock(aheadMs)

/** Changes the time that Date returns. Timers are not affected. */
function setClock(ms) {
  const rightNow = Date.now
  globalThis.Date = class extends Date {
    constructor(...parts) {
      if (parts.length === 0) super(Date.now())
      else super(...parts)
    }

    static now() {
      return rightNow() + ms
    }
  }
}

function answer(message) {
  writeSync(1, LOG_END)
  channel.write(`${JSON.stringify(message)}\n`)
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack ?? '').split('\n') }
}

function fail(error, ended) {
  const described = describe(error)
  console.error(`ERROR\tInvoke Error \t${JSON.stringify({ ...described, stack: described.trace })}`)
  answer({ error: described, ended })
}

class RuntimeError extends Error {
  constructor(name, message) {
    super(message)
    this.name = name
  }
}

async function loadHandler() {
  const [, file, name] = /^(.*)\.([^.]+)$/.exec(process.env._HANDLER)
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(process.cwd(), file + extension)).find(existsSync)
  if (!path) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`)
  const loaded = await import(pathToFileURL(path).href)
  const handler = loaded[name] ?? loaded.default?.[name]
  if (typeof handler === 'function') return handler
  throw new RuntimeError('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`)
}

// Lambda's runtime contains the AWS SDK. The bundles of the CDK's own functions do not:
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
const ofRuntime = createRequire(import.meta.url)
registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('@aws-sdk/')) return next(specifier, context)
    try {
      return next(specifier, context)
    } catch {
      return { url: pathToFileURL(ofRuntime.resolve(specifier)).href, shortCircuit: true }
    }
  },
})

// The URL for the response of a custom resource. The CDK's functions use only its host and path, and always https, as
// AWS does. Here the URL is an http URL with a port.
let responseUrl
const secureRequest = https.request
https.request = (options, ...others) => {
  const isAnswer =
    responseUrl !== undefined && options.hostname === responseUrl.hostname && options.path === responseUrl.pathname
  return isAnswer ? http.request({ ...options, port: responseUrl.port }, ...others) : secureRequest(options, ...others)
}

function responseUrlOf(event) {
  const url = URL.parse(event?.ResponseURL)
  return url?.protocol === 'http:' ? url : undefined
}

function contextOf({ requestId, arn, timeoutMs }) {
  const deadline = Date.now() + timeoutMs
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

function endWith(name) {
  return (error) => {
    fail(name ? new RuntimeError(name, `${error?.name}: ${error?.message ?? error}`) : error, true)
    channel.end(() => process.exit(129))
  }
}

process.on('uncaughtException', endWith())
process.on('unhandledRejection', endWith('Runtime.UnhandledPromiseRejection'))

const loading = loadHandler()
// A failure is reported by the first invocation, which waits for the handler.
await loading.catch(() => {})
// Otherwise Node would write the cache when the process exits, but the process is killed.
flushCompileCache()
channel.write('{"ready":true}\n')

for await (const line of createInterface({ input: channel })) {
  const request = JSON.parse(line)
  let handler
  try {
    handler = await loading
  } catch (error) {
    fail(error, true)
    break
  }
  responseUrl = responseUrlOf(request.event)
  try {
    answer({ result: await handler(request.event, contextOf(request)) })
  } catch (error) {
    fail(error, false)
  }
}
