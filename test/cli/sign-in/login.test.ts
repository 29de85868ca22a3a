/** `wid login` at a real OpenID Provider. The tests run concurrently, because each sign-in waits five seconds between two polls. */
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { authorizer } from '../../../cli/api/authorize.ts'
import { apiClient } from '../../../cli/api/client.ts'
import { login, logout } from '../../../cli/commands/login.ts'
import type { ClientOptions } from '../../../cli/sign-in/client.ts'
import { signInFile } from '../../../cli/sign-in/kept.ts'
import { answerOf } from '../../../client/answer.ts'
import { localServer } from '../../support/network/local-server.ts'
import { audience, clientId, peopleIssuer, resource } from '../../support/network/people-issuer.ts'
import { person } from '../../support/network/person.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  directory = await temporaryDirectory()
  vi.stubEnv('XDG_STATE_HOME', directory.path)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await directory.remove()
})

interface Machine {
  readonly api: string
  readonly issuer: string
  /** The options for the issuer, and for the API as the issuer knows it. */
  readonly options: ClientOptions
  /** The Authorization headers of the requests to the API. */
  readonly sent: (string | undefined)[]
  /** The file that stores the sign-in. */
  readonly file: string
  /** Signs in, while a person opens the printed page. Returns the output. */
  login(options?: ClientOptions, isJson?: boolean): Promise<string[]>
  logout(): Promise<string[]>
  /** Lists the clusters, like a separate command. */
  clusters(): Promise<unknown>
  endIssuer(): Promise<void>
}

async function machine(finish: typeof onTestFinished, { accessTokenTTL = 300, status = 200 } = {}): Promise<Machine> {
  const sent: (string | undefined)[] = []
  const server = await localServer(() => ({ headers }, response) => {
    sent.push(headers.authorization)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"clusters":[]}')
  })
  const issuer = await localServer((url) => peopleIssuer({ issuer: url, accessTokenTTL }))
  for (const end of [server.close, issuer.close]) finish(end)
  const api = `${server.url}/staff`
  const options = { issuer: issuer.url, clientId, resource }

  const shownBy = async (isJson: boolean, act: (context: Parameters<typeof login>[0]) => Promise<unknown>) => {
    const shown: string[] = []
    const write = (text: string) => {
      shown.push(text)
      const [page] = /http[^\s"]+user_code=[\w-]+/.exec(text) ?? []
      if (page !== undefined) void person('ada').goThrough(page)
    }
    const output = { isJson, write, json: (document: object) => write(JSON.stringify(document)) }
    await act({ endpoint: { url: api }, output, interrupt: new AbortController().signal })
    return shown
  }
  return {
    api,
    issuer: issuer.url,
    options,
    sent,
    file: signInFile(api, process.env),
    login: (given = options, isJson = false) => shownBy(isJson, (context) => login(context, given)),
    logout: () => shownBy(false, logout),
    clusters: () => answerOf(apiClient({ url: api }, authorizer({ url: api }, undefined)).GET('/v1/clusters')),
    endIssuer: issuer.close,
  }
}

/** The files of the sign-in, including temporary ones. */
async function filesOf(file: string): Promise<string[]> {
  const names = await readdir(path.dirname(file))
  return names.filter((name) => file.includes(name.split('.json')[0] ?? ''))
}

test.concurrent('sends a token for the API after a sign-in, until a sign-out', async ({ onTestFinished: finish }) => {
  const { api, issuer, sent, file, login, logout, clusters } = await machine(finish)
  const shown = await login()
  expect(shown).toEqual([
    expect.stringMatching(/^Open http:\/\/127\S+ in a browser\.$/),
    expect.stringMatching(/^Continue only if the page shows the code [A-Z]{4}-[A-Z]{4}\.$/),
    `You are signed in to ${api}.`,
  ])
  await clusters()
  const [token = ''] = sent.map((header) => header?.replace('Bearer ', ''))
  expect(decodeJwt(token)).toMatchObject({ iss: issuer, sub: 'ada', aud: audience })

  const { tokens } = JSON.parse(await readFile(file, 'utf8'))
  expect(await logout()).toEqual([`You are signed out of ${api}.`])
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: tokens.refreshToken,
    client_id: clientId,
  })
  const renewed = await fetch(`${issuer}/token`, { method: 'POST', body })
  expect(await renewed.json()).toMatchObject({ error: 'invalid_grant' })
  expect(await readFile(file, 'utf8')).not.toMatch(/token/i)
  await clusters()
  expect(sent.at(-1)).toBeUndefined()
  expect(await logout()).toEqual([`You were not signed in to ${api}.`])
})

test.concurrent('only the user can read the tokens, and the output does not contain them', async ({
  onTestFinished: finish,
}) => {
  const { api, issuer, options, file, login } = await machine(finish)
  const shown = (await login(options, true)).map((line) => JSON.parse(line))
  expect(shown).toEqual([
    {
      type: 'sign-in',
      verificationUri: `${issuer}/device`,
      verificationUriComplete: `${issuer}/device?user_code=${shown[0].userCode}`,
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      expiresAt: expect.stringMatching(/Z$/),
    },
    { type: 'signed-in', api, issuer },
  ])
  const modeOf = async (name: string) => ((await stat(name)).mode & 0o777).toString(8)
  expect(await modeOf(file)).toBe('600')
  expect(await modeOf(path.dirname(file))).toBe('700')
  expect(await filesOf(file)).toEqual([path.basename(file)])
})

test.concurrent('renews a token that is about to end, in one command at a time', async ({ onTestFinished: finish }) => {
  const { sent, login, clusters } = await machine(finish, { accessTokenTTL: 2 })
  await login()
  // The issuer accepts each refresh token once, and ends a sign-in whose token is used twice.
  await Promise.all([1, 2, 3].map(clusters))
  await clusters()
  expect(sent).toHaveLength(4)
  expect(new Set(sent).size).toBe(4)
})

test.concurrent('an ended sign-in says how to sign in again, sends nothing, and blocks no other command', async ({
  onTestFinished: finish,
}) => {
  const { issuer, options, sent, file, login, clusters } = await machine(finish, { accessTokenTTL: 2 })
  // Without offline_access the issuer issues no refresh token.
  await login({ ...options, scope: 'openid' })
  await expect(clusters()).rejects.toThrow(`Your sign-in at ${issuer} has ended. Sign in again: "wid login".`)
  expect(sent).toEqual([])
  expect(await filesOf(file)).toEqual([path.basename(file)])
})

test.concurrent('a sign-out deletes the tokens even if the issuer does not respond, and says so', async ({
  onTestFinished: finish,
}) => {
  const { file, login, logout, endIssuer } = await machine(finish)
  await login()
  await endIssuer()
  await expect(logout()).rejects.toThrow('The tokens are deleted here. The issuer was not notified')
  expect(await readFile(file, 'utf8')).not.toMatch(/token/i)
})

test.concurrent('the error for a refused token says how to sign in again', async ({ onTestFinished: finish }) => {
  const { api, login, clusters } = await machine(finish, { status: 401 })
  await login()
  await expect(clusters()).rejects.toThrow(
    `${new URL(api).origin} requires a valid token, and has rejected yours. Sign in again: "wid login".`,
  )
})

test('the error for a refusal by the issuer names it, with a remedy', async () => {
  const { issuer, options, login } = await machine(onTestFinished)
  await expect(login({ ...options, clientId: 'another' })).rejects.toThrow(
    `The issuer ${issuer} has refused: it does not know the client. Name another client with --client-id.`,
  )
  await expect(login({ ...options, resource: 'https://another.example' })).rejects.toThrow(
    'it does not know the API. With --resource, give the name of the API at the issuer.',
  )
  const none = await localServer(() => (_, response) => response.writeHead(404).end())
  onTestFinished(none.close)
  await expect(login({ ...options, issuer: none.url })).rejects.toThrow(
    `${none.url} does not answer as a token issuer. Check the URL and the network, and try again.`,
  )
})
