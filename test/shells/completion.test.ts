/** Runs the scripts of `wid completion` in their shells, with typed input at a terminal. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bashScript } from '../../cli/completion/bash.ts'
import { fishScript } from '../../cli/completion/fish.ts'
import { zshScript } from '../../cli/completion/zsh.ts'
import { points } from '../cli/support/points.ts'
import { type Dialogue, runAtTerminal } from '../cli/support/terminal.ts'
import { temporaryDirectory } from '../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>

/** Replaces the command, and prints its arguments. */
const echo = `wid() { printf 'called with: %s\\n' "$*"; }`

beforeAll(async () => {
  directory = await temporaryDirectory()
  const files = {
    bashrc: `PS1='ready> '\nbind 'set page-completions off'\n${bashScript(points)}\n${echo}\n`,
    // Without a size of the terminal, zsh shows no completions.
    '.zshrc': `stty rows 40 cols 120\nPS1='ready> '\nautoload -Uz compinit && compinit -D -u\n${zshScript(points)}\n${echo}\n`,
    'wid.fish': fishScript(points),
    'prod-eu.yaml': '',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory.path, name), text)
})
afterAll(() => directory?.remove())

/** The command lines of the shells. fish has no prompt in these tests. */
const shells = { bash: ['bash', '--noprofile', '--rcfile', 'bashrc', '-i'], zsh: ['zsh', '-i'] } as const

const tab = '\t'

async function shownBy(shell: keyof typeof shells, dialogue: Dialogue): Promise<string> {
  const env = { HOME: directory.path, ZDOTDIR: directory.path, TERM: 'xterm' }
  const { code, shown } = await runAtTerminal(shells[shell], dialogue, { cwd: directory.path, env })
  expect(code, shown).not.toBe(99)
  return shown
}

/** The arguments of `wid` after this input. */
async function calledWith(shell: keyof typeof shells, typed: string): Promise<string | undefined> {
  const shown = await shownBy(shell, [
    ['ready> ', `${typed}\n`],
    ['called with: ', 'exit\n'],
  ])
  return /^called with: (.*)$/m.exec(shown)?.[1]?.trim()
}

/** The proposals of fish for the last word. */
async function proposedByFish(typed: string): Promise<string[]> {
  const command = ['fish', '--no-config', '--command', `source wid.fish; complete --do-complete '${typed}'`]
  const { shown } = await runAtTerminal(command, [], { cwd: directory.path, env: { HOME: directory.path } })
  return shown.split('\n').filter((line) => line !== '')
}

const begun = [
  { what: 'a command', typed: 'wid te', completed: 'teardown' },
  { what: 'a command of a command', typed: 'wid get op', completed: 'get operations' },
  { what: 'an option', typed: 'wid drift prod --rep', completed: 'drift prod --repair' },
  {
    what: 'the value of an option',
    typed: 'wid get operations --status f',
    completed: 'get operations --status failed',
  },
  { what: 'a file after -f', typed: 'wid apply -f pr', completed: 'apply -f prod-eu.yaml' },
] as const

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  it.for(begun)('completes $what', async ({ typed, completed }) => {
    expect(await calledWith(shell, `${typed}${tab}`)).toBe(completed)
  })

  it('does not change a name', async () => {
    expect(await calledWith(shell, `wid status ge${tab}`)).toBe('status ge')
  })

  it('shows the possible words', async () => {
    const shown = await shownBy(shell, [
      ['ready> ', `wid get ${tab}${tab}`],
      // Control-U deletes the line. A signal could reach the shell while it still shows the words.
      ['workloads', '\u0015exit\n'],
    ])
    expect(shown).toMatch(/clusters.*operations/s)
  })
})

describe('fish', () => {
  it.for(begun)('completes $what', async ({ typed, completed }) => {
    const last = completed.split(' ').at(-1)
    expect(await proposedByFish(typed)).toEqual([expect.stringMatching(new RegExp(`^${last}(\t|$)`))])
  })

  it('proposes nothing for a name', async () => {
    expect(await proposedByFish('wid status ge')).toEqual([])
  })

  it('shows the possible words with their descriptions', async () => {
    expect(await proposedByFish('wid get ')).toContain(
      'clusters\tall clusters that you may see, with state and last proof',
    )
  })
})
