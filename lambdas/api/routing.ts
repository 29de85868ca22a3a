import { type ApiHandler, operation, ProblemError, requestOf, rootOf } from './operation.ts'
import { problem } from './problem.ts'
import { type OperationName, routes } from './routes.ts'

/** By method and path: `GET /v1/clusters/{cluster}`. */
const operations = new Map<string, OperationName>(
  routes.map(({ method, path, operation }) => [`${method} ${path}`, operation]),
)

const unknown = operation({ asks: refuse, runs: refuse })

/**
 * The Lambda handler of a function with several operations. API Gateway has matched the request with a route, and names it:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function routing(handlers: Readonly<Partial<Record<OperationName, ApiHandler>>>): ApiHandler {
  return (received, context) => {
    const { route = '' } = requestOf(received)
    const name = operations.get(route.replace(rootOf(route), ''))
    return ((name && handlers[name]) ?? unknown)(received, context)
  }
}

function refuse(): never {
  throw new ProblemError(problem('not-found', { detail: 'The API has no such route' }))
}
