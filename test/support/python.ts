import { fileURLToPath } from 'node:url'

/** The Python of the sandbox, which `npm test` installs before the tests. */
export const python = fileURLToPath(new URL('../../.sandbox/venv/bin/python', import.meta.url))
