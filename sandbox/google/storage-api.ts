import type { ErrorAnswer } from '../faults.ts'
import { type Answer, type Api, type ApiRequest, json, type Route } from './api.ts'
import type { StoredObject } from './bucket-store.ts'
import type { BucketFields, Buckets } from './buckets.ts'
import { forbidden, GoogleError, invalid, invalidCredentials, outOfService } from './google-error.ts'
import type { Policy } from './policy.ts'
import type { Tokens } from './tokens.ts'

const bucketPath = '^/storage/v1/b/(?<bucket>[^/]+)'

/**
 * storage.googleapis.com: a part of the JSON API (https://cloud.google.com/storage/docs/json_api/v1), and public reads
 * of objects by the XML API.
 */
export function storageApi(buckets: Buckets, tokens: Tokens): Api {
  const callerOf = (request: ApiRequest) => callerBy(tokens, request)
  const route = (method: string, path: string, operation: string, handle: Route['handle']): Route => ({
    method,
    path: new RegExp(`${path}$`),
    operation,
    write: method !== 'GET',
    object: (request) => request.path.bucket ?? String(parse<{ name?: string }>(request).name),
    actor: (request) => tokens.principalOf(bearerOf(request) ?? '') ?? 'allUsers',
    handle,
  })

  const routes = [
    route('POST', '^/storage/v1/b', 'storage.buckets.insert', async (request) => {
      const { name = '', ...fields } = parse<BucketFields & { name?: string }>(request)
      const projectId = request.url.searchParams.get('project') ?? ''
      return json(200, await buckets.insert(callerOf(request), projectId, name, fields))
    }),
    route('GET', bucketPath, 'storage.buckets.get', async (request) =>
      json(200, await buckets.get(callerOf(request), bucketOf(request))),
    ),
    route('PATCH', bucketPath, 'storage.buckets.patch', async (request) => {
      const ifMetageneration = request.url.searchParams.get('ifMetagenerationMatch')
      const change = { fields: parse<BucketFields>(request), ifMetageneration }
      return json(200, await buckets.patch(callerOf(request), bucketOf(request), change))
    }),
    route('DELETE', bucketPath, 'storage.buckets.delete', async (request) => {
      await buckets.delete(callerOf(request), bucketOf(request))
      return { status: 204 }
    }),
    route('GET', `${bucketPath}/iam`, 'storage.buckets.getIamPolicy', async (request) => {
      const version = Number(request.url.searchParams.get('optionsRequestedPolicyVersion') ?? 1)
      return policyAnswer(request, await buckets.policy(callerOf(request), bucketOf(request), version))
    }),
    route('PUT', `${bucketPath}/iam`, 'storage.buckets.setIamPolicy', async (request) =>
      policyAnswer(request, await buckets.setPolicy(callerOf(request), bucketOf(request), parse<Policy>(request))),
    ),
    route('GET', `${bucketPath}/o`, 'storage.objects.list', async (request) => {
      const names = await buckets.objects(callerOf(request), bucketOf(request))
      const items = names.map((name) => ({ kind: 'storage#object', bucket: bucketOf(request), name }))
      return json(200, { kind: 'storage#objects', items: items.slice(0, mostResults(request)) })
    }),
    {
      ...route('DELETE', `${bucketPath}/o/(?<object>.+)`, 'storage.objects.delete', async (request) => {
        await buckets.deleteObject(callerOf(request), bucketOf(request), request.path.object ?? '')
        return { status: 204 }
      }),
      object: ({ path }: ApiRequest) => `${path.bucket}/${path.object}`,
    },
    {
      ...route('GET', '^/(?<bucket>[^/]+)/(?<object>.+)', 'storage.objects.get', (request) =>
        readObject(buckets, request),
      ),
      object: ({ path }: ApiRequest) => `${path.bucket}/${path.object}`,
      actor: () => 'allUsers',
    },
  ]
  return { routes, explain, fail, notFound: () => explain(new GoogleError(404, 'notFound', 'Not Found')) }
}

/** Lists have no second page, because no client of the sandbox needs one. */
function mostResults({ url }: ApiRequest): number {
  return Number(url.searchParams.get('maxResults') ?? 1000)
}

/** Reads an object by the XML API, as browsers do. */
async function readObject(buckets: Buckets, { path }: ApiRequest): Promise<Answer> {
  const { bucket = '', object = '' } = path
  try {
    return objectAnswer(await buckets.object(undefined, bucket, object))
  } catch (error) {
    if (error instanceof GoogleError) return xmlError(error)
    throw error
  }
}

function objectAnswer({ body, contentType, cacheControl }: StoredObject): Answer {
  return {
    status: 200,
    headers: { 'content-type': contentType, 'cache-control': cacheControl ?? 'public, max-age=3600' },
    body,
  }
}

/** https://cloud.google.com/storage/docs/xml-api/reference-status */
function xmlError(error: GoogleError): Answer {
  // The XML API refuses the public with 403, and the JSON API with 401.
  if (error.status === 401) return xml(403, 'AccessDenied', 'Access denied.')
  if (error.message.startsWith('No such object')) return xml(404, 'NoSuchKey', 'The specified key does not exist.')
  return xml(404, 'NoSuchBucket', 'The specified bucket does not exist.')
}

function xml(status: number, code: string, message: string): Answer {
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml; charset=UTF-8' }, body }
}

function policyAnswer(request: ApiRequest, policy: Policy): Answer {
  return json(200, { kind: 'storage#policy', resourceId: `projects/_/buckets/${bucketOf(request)}`, ...policy })
}

function explain(error: unknown): Answer {
  if (error instanceof GoogleError) return json(error.status, error.body())
  throw error
}

/** Errors of the XML API: https://cloud.google.com/storage/docs/xml-api/reference-status */
const documentErrors: Readonly<Record<ErrorAnswer, Answer>> = {
  refuse: xml(403, 'AccessDenied', 'Access denied.'),
  throttle: xml(429, 'TooManyRequests', 'Try again.'),
  break: xml(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  unavailable: xml(503, 'ServiceUnavailable', 'Try again.'),
}

function fail(fault: ErrorAnswer, route: Route, request: ApiRequest): Answer {
  if (route.operation === 'storage.objects.get') return documentErrors[fault]
  if (fault !== 'refuse') return explain(outOfService(fault))
  const kind = route.operation === 'storage.buckets.insert' ? 'project' : 'bucket'
  return explain(
    forbidden(route.actor(request), route.operation.replace('patch', 'update').replace('insert', 'create'), kind),
  )
}

function callerBy(tokens: Tokens, request: ApiRequest): string | undefined {
  const token = bearerOf(request)
  if (token === undefined) return undefined
  const principal = tokens.principalOf(token)
  if (principal === undefined) throw invalidCredentials()
  return principal
}

function bearerOf({ headers }: ApiRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
}

function bucketOf(request: ApiRequest): string {
  return request.path.bucket ?? ''
}

/** Parses the body without validating its fields. */
function parse<T extends object>(request: ApiRequest): Partial<T> {
  try {
    const value: Partial<T> = JSON.parse(request.body.toString())
    return value
  } catch {
    throw invalid('Parse Error')
  }
}
