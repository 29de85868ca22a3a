import { afterAll, beforeAll } from 'vitest'
import { type System, system, waitScale } from '../system.ts'

/**
 * The shared system for a file whose setups wait until their retries or their deadline are used up: waits are a fifth of
 * what they are in other files. Called at the top of a file.
 */
export function quickSystem(): { readonly system: System } {
  const holder: { system?: System } = {}
  beforeAll(async () => {
    holder.system = await system()
    await holder.system.sandbox.aws.setWaitScale(waitScale / 5)
  })
  afterAll(async () => {
    await holder.system?.sandbox.aws.setWaitScale(waitScale)
  })
  return {
    get system() {
      if (!holder.system) throw new Error('the system is there when the tests run, and not before')
      return holder.system
    },
  }
}
