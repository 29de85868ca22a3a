/** `npm run site`: builds the site, and serves it on this machine until Ctrl-C. */
import { runAstro } from './astro.ts'
import { buildSite } from './build.ts'

buildSite()
runAstro('preview')
