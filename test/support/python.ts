import { fileURLToPath } from 'node:url'

/** The Python of the sandbox; `npm test` has made it before any test runs. */
export const python = fileURLToPath(new URL('../../.sandbox/venv/bin/python', import.meta.url))
