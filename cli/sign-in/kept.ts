/** The sign-ins of this user, one file per API. Only this user can read the tokens. */

import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'
import { wrongUse } from '../errors.ts'

/** How a person signs in: the issuer, and the client that represents `wid` there. */
const client = z.object({
  issuer: z.string(),
  clientId: z.string(),
  scope: z.string(),
  /** The API's name at the issuer, if the issuer requires one: https://www.rfc-editor.org/rfc/rfc8707 */
  resource: z.optional(z.string()),
})

const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.optional(z.string()),
  /** Milliseconds since 1970. Omitted when the issuer does not report it. */
  expiresAt: z.optional(z.number()),
})

const signIn = z.object({ client, tokens: z.optional(tokens) })

export type SignInClient = z.output<typeof client>
export type Tokens = z.output<typeof tokens>
/** A stored sign-in. `wid logout` removes only its tokens, so that the next `wid login` needs no options. */
export type SignIn = z.output<typeof signIn>

/** @param api URL of the API, as in the endpoint */
export function signInFile(api: string, environment: NodeJS.ProcessEnv): string {
  return path.join(stateFolder(environment), 'wid', `${encodeURIComponent(api)}.json`)
}

/** The specification requires ignoring relative paths: https://specifications.freedesktop.org/basedir-spec/latest/ */
function stateFolder({ XDG_STATE_HOME: folder = '' }: NodeJS.ProcessEnv): string {
  return path.isAbsolute(folder) ? folder : path.join(homedir(), '.local', 'state')
}

/** Undefined without a sign-in, and for a broken file or a file of another version. */
export async function readSignIn(file: string): Promise<SignIn | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : signIn.safeParse(jsonIn(text)).data
}

/** @throws {WrongUse} when the file cannot be written */
export async function keepSignIn(file: string, kept: SignIn): Promise<void> {
  const temporary = `${file}.${randomUUID()}`
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch(wrongUse)
  await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 }).catch(wrongUse)
  // Atomic, so that readers see either the old or the new contents.
  await rename(temporary, file)
}

/** Milliseconds after which a lock is stale: no request to an issuer takes that long. */
const staleMs = 30_000

/**
 * Calls `act` while no other process does so. An issuer accepts a refresh token once. If two commands used the same
 * one, the issuer would end the sign-in (https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
 */
export async function oneAtATime<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  const lock = `${file}.lock`
  while (!(await takes(lock))) await sleep(50)
  try {
    return await act()
  } finally {
    await rm(lock, { force: true })
  }
}

/** Whether this process has acquired the lock. It removes a stale lock for the next attempt. */
async function takes(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return wrongUse(error)
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > staleMs) await rm(lock, { force: true })
    return false
  }
}
