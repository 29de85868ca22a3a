/**
 * Writes the generated pages, docs/kubernetes, the lists of steps, the types of the API, and the schemas of a
 * request and of the settings:
 * `npm run docs`. With --check it writes nothing, and fails when a file is out of date.
 */
import './write-api-types.ts'
import './write-compared-steps.ts'
import './write-pages.ts'
import './write-request-schema.ts'
import './write-steps-on-clusters.ts'
import './write-rights.ts'
import './write-settings.ts'
