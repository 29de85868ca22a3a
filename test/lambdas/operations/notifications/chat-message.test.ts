import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chatMessage } from '../../../../lambdas/operations/notifications/chat-message.ts'
import { endMessage } from '../../../../lambdas/operations/notifications/end-message.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'

const error = {
  name: 'OwnershipConflict',
  object: 'role prod-eu-default-reader',
  reason: 'its tags say <other> & more',
  action: 'Choose another name',
}
const operation = { operationId: '01a2', cluster: 'prod-eu' }
const portalUrl = 'https://portal.example.com'

/** The chat message for a notification with this content. */
function shown(content: object, portal?: string) {
  const text = JSON.stringify(content)
  return chatMessage({ id: 'm1', subject: 'Workload identity: prod-eu: the setup has failed', text }, portal)
}

function shownOf(item: OperationItem) {
  const message = endMessage(item)
  return message && chatMessage({ id: 'm1', ...message }, undefined)?.content
}

describe('the message of a chat application', () => {
  test('has the format of chat applications, and says what failed, why, and what to do', () => {
    expect(shown({ ...operation, status: 'failed', error })).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'm1',
      content: {
        textType: 'client-markdown',
        title: ':x: Workload identity: prod-eu: the setup has failed',
        description: [
          '*object*: `role prod-eu-default-reader`',
          '*reason*: `its tags say &lt;other&gt; &amp; more`',
          '*what to do*: `Choose another name`',
          '*operation*: 01a2',
        ].join('\n'),
      },
    })
  })

  test('has each value on one line, shortened to its length', () => {
    const described = (reason: string) =>
      shown({ ...operation, status: 'failed', error: { ...error, reason } })?.content
    const lineOf = (reason: string) => described(reason)?.description.split('\n')[1]
    expect(lineOf('one\r\n\t two')).toBe('*reason*: `one two`')
    const length = (lineOf('x'.repeat(5000)) ?? '').length - '*reason*: ``'.length
    expect(lineOf('x'.repeat(length))).toBe(`*reason*: \`${'x'.repeat(length - 1)}…\``)
    expect(lineOf('x'.repeat(length - 1))).toBe(`*reason*: \`${'x'.repeat(length - 1)}\``)
  })

  test('links to the page of the operation when the deployment has a portal', () => {
    const { description } = shown({ ...operation, status: 'succeeded' }, portalUrl)?.content ?? {}
    expect(description).toBe('*operation*: <https://portal.example.com/operations/01a2|01a2>')
  })

  test('shows the name of an error that has no more fields', () => {
    const { description } = shown({ ...operation, status: 'failed', error: { name: 'States.Timeout' } })?.content ?? {}
    expect(description).toBe('*reason*: `States.Timeout`\n*operation*: 01a2')
  })

  test('has the counts of a drift that are not zero', () => {
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
  ])('begins with %s when the notification has %j', (sign, { found, ...content }: Record<string, unknown>) => {
    const counts = { missing: 0, changed: 1, additions: 0, unreachable: 0, problems: 0 }
    const notification = {
      ...operation,
      ...content,
      ...(found !== undefined && { found: { ...counts, ...Object(found) } }),
    }
    expect(shown(notification)?.content.title).toMatch(new RegExp(`^${sign} `))
  })

  test('does not exist for an alarm, which the application formats by itself, or for text', () => {
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

  test('is short enough for Slack, ends with the operation, and cuts no entity in half', () => {
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

  test('is made from the notifications of the ends of operations', () => {
    const found = { severity: 'security', differences: 2, changed: 2, missing: 0 } as const
    const ended = { ...operation, requestedBy: 'a', createdAt: '' }
    const setup = { ...ended, kind: 'setup', status: 'failed', error } as const
    expect(shownOf(setup)).toMatchObject({
      title: ':x: Workload identity: prod-eu: the setup has failed',
      description: expect.stringContaining('Choose another name'),
    })
    const drift = { ...ended, kind: 'drift', status: 'succeeded', found } as const
    expect(shownOf(drift)).toMatchObject({
      title: ':rotating_light: Workload identity: security drift in prod-eu',
      description: '*changed*: 2\n*operation*: 01a2',
    })
  })
})
