/** A server may send any text in any field. A terminal must not interpret it as control sequences. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { styleText } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RefusedRequest } from '../../cli/api/answer.ts'
import { connectedLines } from '../../cli/connect/connected-lines.ts'
import { findingLines } from '../../cli/doctor/finding-lines.ts'
import { CommandError } from '../../cli/errors.ts'
import { note } from '../../cli/note.ts'
import { namedOutput, outputTo } from '../../cli/output.ts'
import { changeLines } from '../../cli/rights/change-lines.ts'
import { driftLines } from '../../cli/view/drift-lines.ts'
import type { Line } from '../../cli/view/line.ts'
import { liveFrame } from '../../cli/view/live-frame.ts'
import { liveWatcher } from '../../cli/view/live-watcher.ts'
import { OperationLines } from '../../cli/view/operation-lines.ts'
import { outcomeLines } from '../../cli/view/outcome.ts'
import { planLines } from '../../cli/view/plan-lines.ts'
import { styled } from '../../cli/view/terminal-text.ts'
import type { Operation, Step } from '../../client/api.ts'
import { operationWith, stepWith } from './support/operations.ts'

beforeEach(() => void vi.stubEnv('FORCE_COLOR', '1'))
afterEach(() => void vi.unstubAllEnvs())

const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Texts with control sequences: colours, titles, links, cursors, bidi, joiners, line ends and lone surrogates. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '\u001b[31m',
        '\u001b[0m',
        '\u001b[2J',
        '\u001b]0;title\u0007',
        '\u001b]8;;https://a.example\u001b\\',
        '\u009b31m',
        '\u007f',
        '\r',
        '\n',
        '\u2028',
        '\u2029',
        '\u202e',
        '\u2066',
        '\u200b',
        '\u00ad',
        '\u{e0041}',
        '\ud800',
        '\udfff',
        '👩‍👩‍👧',
        '設定',
      ),
    ),
    { minLength: 1 },
  )
  .map((parts) => parts.join(''))

function printed(act: (output: ReturnType<typeof outputTo>) => void): string {
  const written: string[] = []
  const stream = { columns: 0, isTTY: true, write: (text: string) => written.push(text) }
  act(outputTo(stream, false, {}))
  return written.join('')
}

/** The command's own colour sequences. */
const ownSequences = (['red', 'green', 'yellow', 'cyan', 'dim', 'bold', 'reset'] as const).flatMap((format) =>
  styleText(format, '\n', { validateStream: false }).split('\n'),
)

/** The printed lines without the command's own colours. */
function withoutColours(lines: readonly Line[]): string[] {
  const shown = printed(({ print }) => print(lines))
  return ownSequences.reduce((rest, sequence) => rest.replaceAll(sequence, ''), shown).split('\n')
}

const error = (text: string) => ({ name: text, object: text, reason: text, action: text })
function stepsOf(text: string): Step[] {
  const changes = [{ object: text, action: 'created' as const, detail: text }]
  const endedAt = '2026-11-25T10:00:04.000Z'
  return [
    stepWith({ state: text, item: text, status: 'waiting', waitingFor: text }),
    stepWith({ state: text, status: 'waiting', waitingFor: text }),
    stepWith({ state: text, item: text, status: 'failed', error: error(text) }),
    stepWith({ state: text, status: 'succeeded', endedAt, changes }),
  ]
}

function operationOf(text: string): Operation {
  const clusterEvents = [{ type: text, reason: text, message: text, time: text }]
  return operationWith({ cluster: text, steps: stepsOf(text), clusterEvents, error: error(text), status: 'failed' })
}

/** The lines of each view, with the text in each field of the server. */
const views: Readonly<Record<string, (text: string) => Line[]>> = {
  drift: (text) =>
    driftLines({
      missing: [{ object: text, severity: 'security' }],
      changed: [{ object: text, field: text, observed: text, desired: [text], manager: text, severity: 'function' }],
      additions: [{ object: text, field: text, severity: 'cosmetic' }],
      unreachable: [error(text)],
      problems: [{ ...error(text), notCompared: [text] }],
      summary: {
        differences: 2,
        missing: 1,
        changed: 1,
        additions: 1,
        unreachable: 1,
        problems: 1,
        severity: 'security',
      },
    }),
  plan: (text) =>
    planLines(
      {
        outcome: 'refused',
        reason: text,
        waitingFor: text,
        problems: [{ ...error(text), notCompared: [] }],
        writes: [
          {
            object: text,
            action: 'updated',
            detail: text,
            step: text,
            differences: [{ field: text, observed: text, desired: text }],
          },
        ],
        unknown: [{ object: text, reason: text }],
        additions: [{ object: text, field: text }],
        summary: {
          created: 0,
          updated: 1,
          adopted: 0,
          deleted: 0,
          unchanged: 0,
          temporary: 0,
          unknown: 1,
          problems: 1,
        },
      },
      [stepWith({ changes: [{ object: text, action: 'created', made: { trustPolicy: text } }] })],
    ),
  connect: (text) =>
    connectedLines(
      { cluster: text, server: text, account: text, secretArn: text, expiresAt: new Date(0) },
      { named: text, seconds: 60, wantsRenewal: false, now: new Date(0) },
    ),
  rights: (text) =>
    changeLines([
      { object: text, action: 'changed', differences: [{ field: text, observed: [text], desired: [text] }] },
    ]),
  operation: (text) => new OperationLines().newIn(operationOf(text)),
  outcome: (text) => outcomeLines(operationOf(text)),
  frame: (text) => liveFrame(operationOf(text), 0),
  finding: (text) => findingLines({ check: text, state: 'problem', found: text, toDo: text }),
}

test.for(Object.keys(views))('text of a server adds no control sequences and no lines to the view of %s', (name) => {
  const linesFor = views[name] ?? (() => [])
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = withoutColours(linesFor(text))
      expect(shown.filter((line) => obeyed.test(line))).toEqual([])
      expect(shown).toHaveLength(linesFor('a').length + 1)
    }),
  )
})

test('keeps the colours of the command, and removes those in a text of a server', () => {
  const text = `${styled('red', 'missing')} \u001b[32mall is well\u001b[39m`
  const colour = (shown: string) => styleText('red', shown, { validateStream: false })
  expect(printed(({ print }) => print([{ text, hang: 2 }]))).toBe(`${colour('missing')}  [32mall is well [39m\n`)
})

test('keeps the width of a line, so that columns stay aligned', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(printed(({ write }) => write(text))).toHaveLength(text.length + 1)
    }),
  )
})

test('writes one line as one line, and keeps the lines of a text', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(obeyed.test(printed(({ write }) => write(text)).slice(0, -1))).toBe(false)
      const lines = printed((output) => output.text(text)).split('\n')
      expect(lines).toHaveLength(text.split('\n').length + 1)
      expect(lines.filter((line) => obeyed.test(line))).toEqual([])
    }),
  )
})

test('a JSON document escapes all control characters, and loses none', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const differences = [{ field: text, file: { [text]: text } }]
      const document = { type: 'file', cluster: text, file: text, differences } as const
      const shown = printed(({ json }) => json(document)).slice(0, -1)
      expect(obeyed.test(shown)).toBe(false)
      expect(JSON.parse(shown)).toEqual(document)
    }),
  )
})

/** The output to standard error during `act`. */
function noted(act: () => void): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    act()
    return write.mock.calls.map(([text]) => String(text)).join('')
  } finally {
    write.mockRestore()
  }
}

test('text of the API adds no lines to an error', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const issues = [{ path: `a${text}`, pointer: '', message: text }]
      const refused = new RefusedRequest({ type: text, title: text, status: 400, detail: text, issues })
      for (const [error, lines] of [
        [refused, 2] as const,
        [new CommandError(`The issuer says ${text}.`), 1] as const,
      ]) {
        const shown = noted(() => note(error.message)).split('\n')
        expect(shown).toHaveLength(lines + 1)
        expect(shown.filter((line) => obeyed.test(line))).toEqual([])
      }
    }),
  )
})

test('the live view writes only its own control sequences', () => {
  const written: string[] = []
  const stream = Object.assign(Object.create(process.stdout), { write: (text: string) => written.push(text) })
  const watcher = liveWatcher(stream)
  watcher.show(operationOf('\u001b]0;title\u0007\u009b31m\u202e\u001b[8m'))
  watcher.stop()
  const shown = written.join('')
  expect(shown).toContain(' ]0;title  31m  [8m')
  for (const order of ['\u001b]', '\u0007', '\u009b', '\u202e', '\u001b[8m']) expect(shown).not.toContain(order)
})

test('redraws only at a terminal whose width is known, because one of 0 columns breaks a line at each character', () => {
  const isLiveAt = (columns: number) => outputTo({ columns, isTTY: true, write: () => true }, false, {}).isLive
  expect(isLiveAt(0)).toBe(false)
  fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), (columns) => isLiveAt(columns)))
})

/** These files contain the filter, or write its output. */
const writers = ['confirm.ts', 'context.ts', 'main.ts', 'note.ts', 'operation/run.ts', 'output.ts', 'program.ts']

test('no other file of the command writes to the terminal', () => {
  const folder = path.join(import.meta.dirname, '..', '..', 'cli')
  const files = globSync('**/*.ts', { cwd: folder, exclude: (name) => name === 'node_modules' })
  const direct = files.filter((file) =>
    /process\.std(out|err)|console\./.test(readFileSync(path.join(folder, file), 'utf8')),
  )
  expect(direct.filter((file) => !writers.includes(file))).toEqual([])
})

test('the lines of one of several requests begin with its name, and are not redrawn', () => {
  const written: string[] = []
  const stream = { columns: 30, isTTY: true, write: (text: string) => written.push(text) }
  const output = namedOutput(outputTo(stream, false, {}), 'prod-eu')
  output.print([
    { text: '  ✔ CreateRole', hang: 4 },
    { text: '', hang: 0 },
    { text: '    a long command', hang: 4, isWhole: true },
  ])
  output.text('a: 1\nb: 2')
  expect(output.isLive).toBe(false)
  expect(written.join('')).toBe(
    'prod-eu    ✔ CreateRole\nprod-eu\nprod-eu      a long command\nprod-eu  a: 1\nprod-eu  b: 2\n',
  )
})
