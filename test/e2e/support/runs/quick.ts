import { afterAll, beforeAll } from 'vitest'
import { type System, system, waitScale } from '../system.ts'

/**
 * The shared system for a file whose setups wait until their retries or deadlines end. Waits take a fifth of the time that they
 * take in other files. Call it at the top of a file.
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
      if (!holder.system) throw new Error('the system does not exist before the tests run')
      return holder.system
    },
  }
}
