import * as z from 'zod/mini'
import { type ProblemKind, problemKinds, problemMediaType, problemSchema } from './problem.ts'
import { type Route, routes } from './routes.ts'

const problemsOfAll: readonly ProblemKind[] = ['forbidden', 'internal', 'unavailable']

/** The API in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), made from the routes and their schemas. */
export function openapi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workload identity',
      version: '1.0.0',
      description: 'Gives workloads on Kubernetes clusters outside EKS their own AWS IAM roles, without keys.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: pathsOf(routes),
    components: {
      schemas: { Problem: schemaOf(problemSchema) },
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service execute-api',
        },
      },
    },
    security: [{ sigv4: [] }],
  }
}

function pathsOf(all: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of all) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return paths
}

function operationOf(route: Route): object {
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)]
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      // What needs no field may be left out as a whole.
      requestBody: { required: needsField(route.body()), content: { 'application/json': { schema: route.body() } } },
    }),
    responses: { [route.answer.status]: answerOf(route), ...problemAnswers(route) },
  }
}

function answerOf({ answer, summary }: Route): object {
  const schema = answer.schema ? schemaOf(answer.schema) : { type: 'object' }
  const accepted = answer.status === 202
  return {
    description: accepted ? 'Accepted: ask the location for its progress' : summary,
    ...(accepted && { headers: { Location: textHeader, 'Retry-After': textHeader } }),
    content: {
      'application/json': { schema },
      ...(answer.mediaType !== undefined && { [answer.mediaType]: { schema } }),
    },
  }
}

function needsField(schema: object): boolean {
  return 'required' in schema && Array.isArray(schema.required) && schema.required.length > 0
}

const textHeader = { schema: { type: 'string' } }

function problemAnswers({ problems }: Route): object {
  const byStatus = Map.groupBy([...problems, ...problemsOfAll], (kind) => problemKinds[kind].status)
  const content = { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      status,
      { description: kinds.map((kind) => problemKinds[kind].title).join('; or: '), content },
    ]),
  )
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: Route): object[] {
  if (!query) return []
  return Object.entries(schemaOf(query, 'input').properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }))
}

function headerParameters({ answer }: Route): object[] {
  if (answer.status !== 202) return []
  const description = 'The same key with the same body gives the same operation, for seven days'
  return [{ name: 'Idempotency-Key', in: 'header', description, schema: { type: 'string', maxLength: 255 } }]
}

function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output' = 'output'): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest
}
