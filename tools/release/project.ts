/** What the parts of a release know of the project. */
import path from 'node:path'
import manifest from '../../package.json' with { type: 'json' }

/** The top folder of the checkout. */
export const root = path.resolve(import.meta.dirname, '../..')

/** The name of the project, and the version of the release, as in `1.0.0`. */
export const { name, version } = manifest
