/** Removes the providers of a file's clusters after each file. No other file needs them. */
import { afterAll } from 'vitest'
import { removeProviders } from '../../e2e/support/remove-providers.ts'
import { system } from '../../e2e/support/system.ts'

afterAll(async () => removeProviders(await system(), () => true))
