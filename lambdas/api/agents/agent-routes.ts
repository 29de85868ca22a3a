/** The routes of agents. They authenticate their callers themselves, and are not part of the published API. */
export const agentRoutes = [
  { operation: 'enrol-agent', method: 'POST', path: '/v1/agents/{cluster}/enrolment' },
  { operation: 'get-work', method: 'POST', path: '/v1/agents/{cluster}/work' },
  { operation: 'put-answer', method: 'POST', path: '/v1/agents/{cluster}/answers/{id}' },
] as const

export type AgentOperation = (typeof agentRoutes)[number]['operation']
