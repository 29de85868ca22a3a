/** After each file the providers of its clusters go, which no other file looks at. */
import { afterAll } from 'vitest'
import { removeProviders } from '../../e2e/support/remove-providers.ts'
import { system } from '../../e2e/support/system.ts'

afterAll(async () => removeProviders(await system(), () => true))
