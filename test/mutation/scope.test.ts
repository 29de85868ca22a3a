import path from 'node:path'
import { expect, it } from 'vitest'
import { injectedFaults } from './scope.ts'

const root = path.resolve(import.meta.dirname, '../..')

// A test may be deleted if another one fails for the same injected fault. This requires that no fault is removed.
it('the injected faults are those of injected-faults.txt', async () => {
  await expect(`${injectedFaults(root).join('\n')}\n`).toMatchFileSnapshot('injected-faults.txt')
})
