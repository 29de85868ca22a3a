/**
 * `npm run docs -- site`: builds the site, and serves it on this machine until Ctrl-C. With --build it only builds it, into
 * docs/site/dist.
 */
import { parseArgs } from 'node:util'
import { runAstro } from './astro.ts'
import { buildSite } from './build.ts'

const { values } = parseArgs({ options: { build: { type: 'boolean', default: false } } })
buildSite()
if (!values.build) runAstro('preview')
