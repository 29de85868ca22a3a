import type { AgentOperation } from './agents/agent-routes.ts'
import { agentRoutes } from './agents/agent-routes.ts'
import { handler as enrolAgent } from './agents/enrol-agent.ts'
import { handler as getWork } from './agents/get-work.ts'
import { handler as putAnswer } from './agents/put-answer.ts'
import { type ApiHandler, unknownRoute } from './operation.ts'

const handlers: Readonly<Record<AgentOperation, ApiHandler>> = {
  'enrol-agent': enrolAgent,
  'get-work': getWork,
  'put-answer': putAnswer,
}

export const handler: ApiHandler = (received, context) => {
  const route = agentRoutes.find(({ method, path }) => isOf(`${method} ${path}`, received))
  return (route ? handlers[route.operation] : unknownRoute)(received, context)
}

function isOf(route: string, received: unknown): boolean {
  return typeof received === 'object' && received !== null && 'routeKey' in received && received.routeKey === route
}
