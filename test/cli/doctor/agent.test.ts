import { expect, test } from 'vitest'
import { agentFindings } from '../../../cli/doctor/agent.ts'

const now = new Date('2026-12-02T12:00:00.000Z')
const enrolled = { enrolledAt: '2026-12-01T12:00:00.000Z', enrolledBy: 'arn:a' }

function findings(secondsAgo: number, deployed: string | null = '1.0.0') {
  const calledAt = new Date(now.getTime() - secondsAgo * 1000).toISOString()
  const agent = { ...enrolled, version: '1.0.0', calledAt }
  return agentFindings({ name: 'edge-1', connection: 'agent', agent }, deployed, now)
}

test('a direct connection has no finding about an agent', () => {
  expect(agentFindings({ name: 'on-premises', connection: 'direct' }, '1.0.0', now)).toEqual([])
})

test('without an enrolled agent, the command that enrols one is shown', () => {
  expect(agentFindings({ name: 'edge-1', connection: 'agent' }, '1.0.0', now)).toEqual([
    { check: 'agent', state: 'problem', found: 'not enrolled', toDo: expect.stringContaining('"wid enroll edge-1"') },
  ])
})

test.for([
  { secondsAgo: 30, state: 'ok', found: '1.0.0, last call less than a minute ago' },
  { secondsAgo: 119, state: 'ok', found: '1.0.0, last call 1 minute ago' },
  { secondsAgo: 121, state: 'problem', found: '1.0.0, last call 2 minutes ago' },
  { secondsAgo: 3 * 3600, state: 'problem', found: '1.0.0, last call 3 hours ago' },
])('an agent that called $secondsAgo seconds ago is $state', ({ secondsAgo, state, found }) => {
  expect(findings(secondsAgo)).toMatchObject([{ check: 'agent', state, found }])
})

test('an agent that does not call has the commands that show why', () => {
  expect(findings(300)[0]?.toDo).toContain('kubectl --namespace workload-identity-setup logs')
})

test('an agent of another version than the deployment has the command that changes its image', () => {
  expect(findings(30, '1.1.0')).toMatchObject([
    { state: 'ok' },
    { check: 'agent version', state: 'problem', toDo: expect.stringContaining('the image of 1.1.0') },
  ])
  // A proxy may remove the header that has the version.
  expect(findings(30, null)).toHaveLength(1)
})
