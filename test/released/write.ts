/** `npm run docs -- released`: writes docs/released, with which the tests compare all later versions. Only for a release. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { presentDescriptions, released } from './descriptions.ts'

mkdirSync(released, { recursive: true })
for (const [file, description] of Object.entries(presentDescriptions())) {
  writeFileSync(path.join(released, file), `${JSON.stringify(description, undefined, 2)}\n`)
}
