import { CommandError } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { revoke } from '../sign-in/issuer.ts'
import { keepSignIn, readSignIn, signInFile } from '../sign-in/kept.ts'
import type { SignInContext } from './login.ts'

/** Deletes the tokens of an API, and ends the sign-in at the issuer. It retains what the next sign-in needs. */
export async function logout({ endpoint: { url }, output }: SignInContext): Promise<ExitCode> {
  const file = signInFile(url, process.env)
  const { client, tokens } = (await readSignIn(file)) ?? {}
  if (client && tokens) {
    await keepSignIn(file, { client })
    await revoke(client, tokens).catch(stillThere)
  }
  if (output.isJson) output.json({ type: 'signed-out', api: url })
  else output.write(tokens ? `You are signed out of ${url}.` : `You were not signed in to ${url}.`)
  return exitCodes.done
}

function stillThere(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new CommandError(
    `The tokens are deleted here. The issuer was not notified, and accepts them until they end. ${reason}`,
  )
}
