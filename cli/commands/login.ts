import type { Context } from '../context.ts'
import { CommandError, type ExitCode, exitCodes } from '../errors.ts'
import type { Output } from '../output.ts'
import { type ClientOptions, clientFrom } from '../sign-in/client.ts'
import { type DeviceSignIn, revoke, startDeviceSignIn } from '../sign-in/issuer.ts'
import { keepSignIn, readSignIn, signInFile } from '../sign-in/kept.ts'

/** The parts of a context that a sign-in needs. */
export interface SignInContext extends Pick<Context, 'endpoint' | 'interrupt'> {
  readonly output: Pick<Output, 'isJson' | 'write' | 'json'>
}

/** Signs a person in at the issuer whose tokens the API accepts. The person confirms in a browser, on any device. */
export async function login(context: SignInContext, options: ClientOptions): Promise<ExitCode> {
  const { endpoint, output, interrupt } = context
  const file = signInFile(endpoint.url, process.env)
  const client = clientFrom(options, (await readSignIn(file))?.client)
  const device = await startDeviceSignIn(client)
  show(context, device)
  const tokens = await device.tokens(interrupt)
  await keepSignIn(file, { client, tokens })
  if (output.isJson) output.json({ type: 'signed-in', api: endpoint.url, issuer: client.issuer })
  else output.write(`You are signed in to ${endpoint.url}.`)
  return exitCodes.done
}

function show({ output }: SignInContext, device: DeviceSignIn): void {
  const { verificationUri, verificationUriComplete, userCode, expiresAt } = device
  if (output.isJson) {
    output.json({ type: 'sign-in', verificationUri, verificationUriComplete, userCode, expiresAt })
    return
  }
  output.write(`Open ${verificationUriComplete ?? verificationUri} in a browser.`)
  output.write(
    `Continue only if the page shows the code ${userCode}${verificationUriComplete ? '' : ', or prompts for it'}.`,
  )
}

/** Deletes the tokens of an API, and ends the sign-in at the issuer. It retains what the next sign-in needs. */
export async function logout({ endpoint: { url }, output }: SignInContext): Promise<ExitCode> {
  const file = signInFile(url, process.env)
  const { client, tokens } = (await readSignIn(file)) ?? {}
  if (client && tokens) {
    await keepSignIn(file, { client })
    await revoke(client, tokens).catch(notRevoked)
  }
  if (output.isJson) output.json({ type: 'signed-out', api: url })
  else output.write(tokens ? `You are signed out of ${url}.` : `You were not signed in to ${url}.`)
  return exitCodes.done
}

function notRevoked(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new CommandError(
    `The tokens are deleted here. The issuer was not notified, and accepts them until they expire. ${reason}`,
  )
}
