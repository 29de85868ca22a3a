import { expect, test } from 'vitest'
import { clusterLines } from '../../../cli/commands/status.ts'
import { said } from '../support/lines.ts'

const health = { state: 'unknown' as const }
const cluster = {
  name: 'prod-eu',
  provider: 'existing' as const,
  connection: 'direct' as const,
  createdAt: '2026-11-25T10:00:00.000Z',
  updatedAt: '2026-11-25T10:00:00.000Z',
  generation: 1,
  lastOperationId: 'o',
  health: { state: 'unknown' as const },
  spec: { reconcile: 'suspended' },
  status: {
    thumbprints: [],
    conditions: [],
    workloads: [
      { namespace: 'default', serviceAccount: 'a', manager: 'file', health, conditions: [] },
      { namespace: 'default', serviceAccount: 'b', leaving: true as const, health, conditions: [] },
    ],
  },
}

test('shows unknown values as unknown', () => {
  expect(said(clusterLines(cluster))).toEqual([
    'prod-eu',
    '  provider  existing, Kubernetes unknown',
    '  issuer    unknown',
    '  IAM       unknown',
    '  webhook   unknown',
    '  verified  never',
    '  operation wid watch o',
    '  drift     suspended: scheduled drifts skip the cluster',
    '  ? unknown: no step has checked yet',
    '',
    'default/a',
    '  role      unknown',
    '  manager   file',
    '  ? unknown: no step has checked yet',
    '',
    'default/b',
    '  role      unknown',
    '  leaving   it is not in the spec any more, and the next setup removes it',
    '  ? unknown: no step has checked yet',
  ])
})

test('shows the version and the last call of the agent that connects the cluster, or that none is enrolled', () => {
  const calledAt = new Date(Date.now() - 2 * 60_000).toISOString()
  const agent = { version: '1.0.0', calledAt, enrolledAt: calledAt, enrolledBy: 'arn:a' }
  const byAgent = { ...cluster, connection: 'agent' as const }
  expect(said(clusterLines({ ...byAgent, agent }))).toContain('  agent     1.0.0, last call 2 minutes ago')
  expect(said(clusterLines(byAgent))).toContain('  agent     not enrolled')
})
