import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { System } from './system.ts'

const main = path.resolve(import.meta.dirname, '../../../cli/main.ts')
/** The compile cache of sandbox/bootstrap.mjs. Without it, `wid` starts half as fast. */
const compiled = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }

export interface Ended {
  /** The exit status; null when a signal ended it. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface WidOptions {
  /** Text for its standard input. */
  readonly input?: string
  /** The working folder. By default the repository's root. */
  readonly cwd?: string
  /** The local user of the sandbox that sends the requests. By default the administrator. */
  readonly user?: string
  /** Additional variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Called with the running process. */
  readonly meanwhile?: (child: ChildProcess) => Promise<void>
}

/** Runs the command `wid` in a child process against the sandbox, and waits for its end. With an empty `api`, WID_API is unset. */
export async function wid<C extends AnyCluster>(
  { api }: Pick<System<C>, 'api'>,
  args: readonly string[],
  { input = '', cwd, user, env, meanwhile }: WidOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: {
      PATH: process.env.PATH,
      ...(api !== '' && { WID_API: api }),
      ...(user !== undefined && { WID_LOCAL_USER: user }),
      NO_COLOR: '1',
      ...compiled,
      ...env,
    },
    stdio: 'pipe',
  })
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended, meanwhile?.(child)])
  return { code, out, err }
}

/** Runs `wid` on a terminal (script of util-linux), types these lines, and returns the output of the terminal. */
export async function widOnTerminal<C extends AnyCluster>(
  { api }: Pick<System<C>, 'api'>,
  args: readonly string[],
  typed: readonly string[] = [],
  { cwd }: Pick<WidOptions, 'cwd'> = {},
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const command = `stty rows 40 cols 120; ${[process.execPath, main, ...args].join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env.PATH, WID_API: api, TERM: 'xterm-256color', ...compiled },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = [...typed]
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    shown += data
    // Types a line at each prompt, which ends in ": " or "] ".
    if (waiting.length > 0 && /(: |\] )$/.test(stripVTControlCharacters(data)))
      child.stdin.write(`${waiting.shift()}\n`)
  })
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  return { code, shown }
}
