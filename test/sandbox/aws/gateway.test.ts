import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { text } from 'node:stream/consumers'
import { CreateUserCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { request } from '../../../sandbox/aws/server.ts'
import { type Fixture, startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

const root = `arn:aws:iam::${account.id}:root`
const userArn = (name: string) => `arn:aws:iam::${account.id}:user/${name}`

let fixture: Fixture
let client: { endpoint: string; region: string; credentials: typeof rootCredentials; maxAttempts: number }

beforeAll(async () => {
  fixture = await startFixture()
  client = { endpoint: fixture.aws.endpoint, region: account.region, credentials: rootCredentials, maxAttempts: 1 }
})
afterAll(() => fixture.close())
afterEach(async () => {
  await fixture.aws.faults.clear()
  await fixture.aws.calls.clear()
})

const exists = (UserName: string) =>
  new IAMClient(client).send(new GetUserCommand({ UserName })).then(
    () => true,
    () => false,
  )
const createUser = (UserName: string) => new IAMClient(client).send(new CreateUserCommand({ UserName }))

/** The fixture's function creates the user, under its own role. */
const functionCreatesUser = (name: string) =>
  invoke(fixture.aws, { trick: 'call', service: 'iam', form: `Action=CreateUser&Version=2010-05-08&UserName=${name}` })

test('a client whose clock is ten minutes off corrects it from the refusal, and succeeds at the second attempt', async () => {
  const executions = new SFNClient({ ...client, maxAttempts: 2 })
  vi.useFakeTimers({ now: Date.now() + 600_000, toFake: ['Date'] })
  await expect(executions.send(new ListStateMachinesCommand({}))).resolves.toBeDefined()
  vi.useRealTimers()
})

test('logs each call with its caller, its operation, its object, and whether it wrote', async () => {
  await fixture.aws.calls.clear()
  await createUser('ann')
  await exists('ann')
  await functionCreatesUser('bob')
  await new STSClient(client).send(new GetCallerIdentityCommand({}))
  const calls = await fixture.aws.calls.all()
  expect(calls.filter(({ operation }) => operation !== 'lambda:InvokeFunction')).toMatchObject([
    { actor: root, operation: 'iam:CreateUser', object: userArn('ann'), write: true },
    { actor: root, operation: 'iam:GetUser', object: userArn('ann'), write: false },
    {
      actor: expect.stringMatching(/^arn:aws:sts::000000000000:assumed-role\/Fixture-TricksServiceRole[^/]*\/tricks$/),
      operation: 'iam:CreateUser',
      object: userArn('bob'),
      write: true,
    },
    { actor: root, operation: 'sts:GetCallerIdentity', object: '*', write: false },
  ])
  expect(calls[0]?.at).toBeGreaterThan(Date.now() - 60_000)
})

test('logs a refused or failed call as no write', async () => {
  await createUser('cleo')
  await expect(createUser('cleo')).rejects.toThrow()
  expect((await fixture.aws.calls.all()).map(({ write }) => write)).toEqual([true, false])
})

test('logs a call without credentials as anonymous', async () => {
  const sts = new STSClient({ endpoint: fixture.aws.endpoint, region: account.region, maxAttempts: 1 })
  const command = { RoleArn: `arn:aws:iam::${account.id}:role/r`, RoleSessionName: 's', WebIdentityToken: 'a.b.c' }
  await expect(sts.send(new AssumeRoleWithWebIdentityCommand(command))).rejects.toThrow(/not a valid JWT/)
  expect(await fixture.aws.calls.all()).toMatchObject([
    { actor: 'anonymous', operation: 'sts:AssumeRoleWithWebIdentity', object: command.RoleArn, write: false },
  ])
})

test("refuse: the call is denied with AWS's message, and has no effect", async () => {
  await fixture.aws.faults.add({ kind: 'refuse', operation: 'iam:CreateUser', object: '*/dan', times: 1 })
  await expect(createUser('dan')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: ${root} is not authorized to perform: iam:CreateUser on resource: ${userArn('dan')} because no identity-based policy allows the iam:CreateUser action`,
  })
  expect(await exists('dan')).toBe(false)
  await createUser('dan')
})

test('unavailable: the call gets 503 and has no effect, the given number of times', async () => {
  await fixture.aws.faults.add({ kind: 'unavailable', operation: 'iam:Create*', times: 2 })
  for (let index = 0; index < 2; index += 1) {
    await expect(createUser('eve')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
  }
  expect(await exists('eve')).toBe(false)
  await createUser('eve')
})

test('drop-response: the call takes effect, and its response is dropped', async () => {
  await fixture.aws.faults.add({ kind: 'drop-response', operation: 'iam:CreateUser', times: 1 })
  await expect(createUser('fay')).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(await exists('fay')).toBe(true)
})

test('a fault may have a delay, and may apply to one caller only', async () => {
  await fixture.aws.faults.add({
    kind: 'unavailable',
    operation: 'iam:CreateUser',
    times: 1,
    actor: '*/tricks',
    delayMs: 300,
  })
  await createUser('gil')
  const began = performance.now()
  expect(await functionCreatesUser('hal')).toMatchObject({ payload: { status: 503 } })
  expect(performance.now() - began).toBeGreaterThan(300)
})

test('logs the step that the User-Agent names, and a fault may apply to one step only', async () => {
  const iam = new IAMClient({ ...client, userAgentAppId: 'CheckCluster' })
  await fixture.aws.faults.add({ kind: 'unavailable', operation: 'iam:CreateUser', times: 1, step: 'CheckCluster' })
  await createUser('una')
  await expect(iam.send(new CreateUserCommand({ UserName: 'vic' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 503 },
  })
  const calls = await fixture.aws.calls.all()
  // If the worker has loaded Powertools, the User-Agent of all other calls names Powertools.
  expect(calls.map(({ step }) => step === 'CheckCluster')).toEqual([false, true])
})

test('kill-caller: the call takes effect, and the function that made it is killed', async () => {
  await fixture.aws.faults.add({ kind: 'kill-caller', operation: 'iam:CreateUser', times: 1 })
  expect(await functionCreatesUser('ida')).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } })
  expect(await exists('ida')).toBe(true)
  expect(await functionCreatesUser('jon')).toMatchObject({ payload: { status: 200 } })
})

test('kill-caller may apply only to calls that contain a text, and only to the function of one event', async () => {
  const { faults } = fixture.aws
  const fault = { kind: 'kill-caller', operation: 'iam:CreateUser', body: 'UserName=kim', times: 1 } as const
  await faults.add({ ...fault, event: 'not in the event' })
  expect(await functionCreatesUser('leo')).toMatchObject({ payload: { status: 200 } })
  expect(await faults.armed()).toMatchObject([{ operation: 'iam:CreateUser', event: 'not in the event' }])
  // The response is dropped, but the function is not killed: it gets a connection error.
  expect(await functionCreatesUser('kim')).not.toMatchObject({ payload: { errorType: 'Runtime.ExitError' } })
  expect(await faults.armed()).toEqual([])
  await faults.add({ ...fault, body: 'UserName=mia', event: 'UserName=mia' })
  expect(await functionCreatesUser('mia')).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } })
})

test('delay: the call takes effect, and its response is late', async () => {
  await fixture.aws.faults.add({ kind: 'delay', operation: 'iam:CreateUser', times: 1, delayMs: 300 })
  const began = performance.now()
  await createUser('ned')
  expect(performance.now() - began).toBeGreaterThan(300)
  expect(await exists('ned')).toBe(true)
})

test('drop-request, throttle and break: the call has no effect', async () => {
  const { faults } = fixture.aws
  const failed = async (kind: 'drop-request' | 'throttle' | 'break') => {
    await faults.add({ kind, operation: 'iam:CreateUser', times: 1 })
    return createUser('oli').catch((error: unknown) => error)
  }
  expect(await failed('drop-request')).toMatchObject({ code: 'ECONNRESET' })
  expect(await failed('throttle')).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } })
  expect(await failed('break')).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } })
  expect(await exists('oli')).toBe(false)
})

test('cut and garble: the call takes effect, and its response is unusable', async () => {
  const { faults } = fixture.aws
  await faults.add({ kind: 'cut', operation: 'iam:CreateUser', times: 1 })
  await expect(createUser('pam')).rejects.toThrow()
  await faults.add({ kind: 'garble', operation: 'iam:CreateUser', times: 1 })
  expect(await createUser('quy')).not.toHaveProperty('User')
  expect([await exists('pam'), await exists('quy')]).toEqual([true, true])
})

test('removing a fault returns the times at which it applied, and it no longer applies', async () => {
  const { faults } = fixture.aws
  const order = { kind: 'unavailable', operation: 'iam:CreateUser', times: 5 } as const
  await faults.add(order)
  await expect(createUser('rob')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
  expect(await faults.armed()).toMatchObject([{ operation: 'iam:CreateUser' }])
  const met = await faults.remove(order)
  expect(met.length).toBeGreaterThan(0)
  expect(Math.abs(Date.now() - (met.at(-1) ?? 0))).toBeLessThan(60_000)
  expect(await faults.armed()).toEqual([])
  await createUser('rob')
})

test('a function is refused what its role does not allow', async () => {
  const denied = await invoke(fixture.aws, { trick: 'call', service: 'iam', form: 'Action=ListUsers' })
  expect(denied).toMatchObject({ payload: { status: 403, text: expect.stringContaining('iam:ListUsers') } })
})

test('refuses an invalid fault', async () => {
  const faults = `${fixture.aws.endpoint}/_sandbox/faults`
  await expect(request('POST', faults, { nonsense: 1 })).rejects.toThrow(/answered 400/)
})

test('closes connections that their clients have closed', async () => {
  const port = Number(new URL(fixture.aws.endpoint).port)
  const agent = new Agent({ keepAlive: true })
  const calls = Array.from({ length: 50 }, async () => {
    const [response] = await once(get(`${fixture.aws.endpoint}/_ministack/health`, { agent }), 'response')
    await text(response)
  })
  await Promise.all(calls)
  expect((await connectionsTo(port)).length).toBeGreaterThanOrEqual(50)
  agent.destroy()
  await expect.poll(async () => (await connectionsTo(port)).filter(isCloseWait).length, { timeout: 10_000 }).toBe(0)
})

/** The states of the server's open connections on this port, in the notation of the kernel. */
async function connectionsTo(port: number): Promise<string[]> {
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
  const own = lines.filter(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16) === port)
  return own.map(([, , , state = '']) => state)
}

/** The client has closed the connection, the server has not: include/net/tcp_states.h of Linux. */
const isCloseWait = (state: string) => state === '08'
