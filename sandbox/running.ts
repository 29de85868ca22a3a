import { type SandboxDescription, sandboxAbove } from '../cli/sandbox/description.ts'

/** Also the message if a sandbox has ended: its sandbox.json still exists, but no server answers. */
export const notRunning =
  'No sandbox runs here. Start one with "npm start" in another terminal, and wait for "Serving".'

/** The sandbox of this folder. @throws Error that says how to start one */
export function sandboxHere(): SandboxDescription {
  const found = sandboxAbove(process.cwd())
  if (found === undefined) throw new Error(notRunning)
  return found
}
