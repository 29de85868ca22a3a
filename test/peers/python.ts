import { fileURLToPath } from 'node:url'

/** The Python of the peers, with what test/peers/requirements.txt lists; `npm run test:peers` has made it before any test runs. */
export const peersPython = fileURLToPath(new URL('../../.peers/venv/bin/python', import.meta.url))
