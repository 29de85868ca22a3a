/** `npm run sandbox -- COMMAND`: the commands for a sandbox that `npm start` has started. */
import { runNamed } from '../infra/command.ts'

await runNamed('sandbox', {
  cluster: { file: 'sandbox/own-clusters/make-cluster.ts', does: 'makes a cluster, and the request for its setup' },
  issuers: {
    file: 'sandbox/own-clusters/set-issuers.ts',
    does: 'restarts the API server of a cluster with other issuers',
  },
  reset: { file: 'sandbox/reset.ts', does: 'removes everything that the sandbox keeps' },
})
