/** `npm run docs -- site`: builds docs/site/dist, and serves it until Ctrl-C. With --build it only builds. */
import { parseArgs } from 'node:util'
import { runAstro } from './astro.ts'
import { buildSite } from './build.ts'

const { values } = parseArgs({ options: { build: { type: 'boolean', default: false } } })
buildSite()
if (!values.build) runAstro('preview')
