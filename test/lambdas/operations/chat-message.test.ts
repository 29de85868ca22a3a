import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { forEachKind } from '../../../infra/workflows.ts'
import { chatMessage } from '../../../lambdas/operations/chat-message.ts'
import { endMessage } from '../../../lambdas/operations/end-message.ts'
import { foundBySecurity, runCompare } from '../../support/compare-workflow.ts'
import { errorNamed } from '../../support/definitions.ts'
import { exampleRequest } from '../../support/requests.ts'
import { runSetup } from '../../support/setup-workflow.ts'
import type { TaskCall } from '../../support/workflow.ts'

const error = {
  name: 'OwnershipConflict',
  object: 'role prod-eu-default-reader',
  reason: 'its tags say <other> & more',
  action: 'Choose another name',
}
const operation = { operationId: '01a2', cluster: 'prod-eu' }
const portalUrl = 'https://portal.example.com'

/** What the channel shows of a message of this content. */
function shown(content: object, portal?: string) {
  const text = JSON.stringify(content)
  return chatMessage({ id: 'm1', subject: 'Workload identity: prod-eu failed', text }, portal)
}

/** What the channel shows of what a state of a workflow publishes. */
function messageOf(calls: readonly TaskCall[], state: string) {
  const published = z.object({ Subject: z.string(), Message: z.string() })
  const { Subject, Message } = published.parse(calls.find((call) => call.state === state)?.arguments)
  return chatMessage({ id: 'm1', subject: Subject, text: Message }, undefined)
}

describe('the message of a chat application', () => {
  test('has the form that it shows, and says what failed, why, and what to do', () => {
    expect(shown({ ...operation, status: 'failed', error })).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'm1',
      content: {
        textType: 'client-markdown',
        title: ':x: Workload identity: prod-eu failed',
        description: [
          '*object*: `role prod-eu-default-reader`',
          '*reason*: `its tags say &lt;other&gt; &amp; more`',
          '*what to do*: `Choose another name`',
          '*operation*: 01a2',
        ].join('\n'),
      },
    })
  })

  test('leads to the page of the operation where there is a portal', () => {
    const { description } = shown({ ...operation, status: 'succeeded' }, portalUrl)?.content ?? {}
    expect(description).toBe('*operation*: <https://portal.example.com/operations/01a2|01a2>')
  })

  test('tells a failure by its name when no more is known of it', () => {
    const { description } = shown({ ...operation, status: 'failed', error: { name: 'States.Timeout' } })?.content ?? {}
    expect(description).toBe('*reason*: `States.Timeout`\n*operation*: 01a2')
  })

  test('counts what a drift has found, and leaves out what it has not', () => {
    const found = { missing: 0, changed: 2, additions: 0, unreachable: 1, problems: 0 }
    const drift = { ...operation, status: 'succeeded', found }
    expect(shown(drift)?.content.description).toBe('*changed*: 2\n*unreachable*: 1\n*operation*: 01a2')
  })

  test.each([
    [':white_check_mark:', { status: 'succeeded' }],
    [':x:', { status: 'failed', error }],
    [':warning:', { status: 'cancelled' }],
    [':warning:', { status: 'warning', error }],
    [':warning:', { status: 'succeeded', found: { severity: 'function' } }],
    [':rotating_light:', { status: 'succeeded', found: { severity: 'security' } }],
  ])('begins with %s where the message says %j', (sign, { found, ...content }: Record<string, unknown>) => {
    const counts = { missing: 0, changed: 1, additions: 0, unreachable: 0, problems: 0 }
    const whole = { ...operation, ...content, ...(found !== undefined && { found: { ...counts, ...Object(found) } }) }
    expect(shown(whole)?.content.title).toMatch(new RegExp(`^${sign} `))
  })

  test('is none about an alarm, which the application shows by itself, or about text', () => {
    expect(shown({ AlarmName: 'Stuck', NewStateValue: 'ALARM' })).toBeUndefined()
    expect(chatMessage({ id: 'm1', subject: 's', text: 'Stuck' }, undefined)).toBeUndefined()
  })

  test('has each text of an error in a code span on a line of its own, whatever the text is', () => {
    const text = fc.string({ unit: fc.constantFrom('<', '>', '&', '@', ':', '/', '`', '*', '|', '\n', '\u2028', 'a') })
    fc.assert(
      fc.property(text, fc.record({ name: text, object: text, reason: text, action: text }), (subject, other) => {
        const message = { id: 'm1', subject, text: JSON.stringify({ ...operation, status: 'failed', error: other }) }
        const { title = '', description = '' } = chatMessage(message, undefined)?.content ?? {}
        const lines = description.split('\n')
        expect(lines).toHaveLength(4)
        for (const line of lines.slice(0, 3)) expect(line).toMatch(/^\*[a-z ]+\*: `[^`<>]*`$/)
        expect(title).not.toMatch(/[<>]/)
      }),
    )
  })

  test('is short enough for Slack, ends with the operation, and has no half of an entity', () => {
    const long = '&'.repeat(9000)
    const text = JSON.stringify({ ...operation, status: 'failed', error: { object: long, reason: long, action: long } })
    const { title = '', description = '' } =
      chatMessage({ id: 'm1', subject: '<'.repeat(100), text }, portalUrl)?.content ?? {}
    expect(description.length).toBeLessThan(3000)
    expect(description).toMatch(/\/operations\/01a2\|01a2>$/)
    expect(description.match(/&amp;…`$/gm)).toHaveLength(3)
    expect(title).toMatch(/^:x: (&lt;)+…$/)
    expect(title.length).toBeLessThan(250)
  })

  test('shows what the workflow of a drift and that of a setup write', async () => {
    const drift = await runCompare(
      { ...exampleRequest('setup'), known: {}, scheduled: true },
      { RecordComparison: { ready: true, found: foundBySecurity } },
    )
    expect(messageOf(drift.calls, 'NotifyFound')?.content).toMatchObject({
      title: expect.stringMatching(/^:rotating_light: Workload identity: security drift in /),
      description: '*changed*: 2\n*operation*: operation-1',
    })
    const setup = await runSetup(exampleRequest('setup'), { RegisterOidc: errorNamed('OwnershipConflict') })
    expect(messageOf(setup.calls, 'NotifyFailed')?.content.title).toMatch(/^:x: Workload identity: .* failed$/)
  })

  test('shows what is written where the workflow could not', () => {
    const item = { ...operation, kind: 'setup', status: 'failed', requestedBy: 'a', createdAt: '', error } as const
    const { subject, text } = endMessage(
      item,
      forEachKind(() => '<cluster> failed'),
    )
    expect(chatMessage({ id: 'm1', subject, text }, undefined)?.content.description).toContain('Choose another name')
  })
})
