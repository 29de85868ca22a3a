/**
 * What every SDK client is made with. Clients are made once, when the module is loaded, so that warm invocations reuse
 * their connections; each has a file of its own, so that a bundle holds only the clients it uses.
 */
export const clientConfig = {
  // Three attempts with the standard back-off stay under a second or two; longer waits are the state machine's.
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
  },
} as const
