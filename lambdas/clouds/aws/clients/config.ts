import { currentStep } from '../../../current-step.ts'

/**
 * The configuration of every SDK client. A client is made once, when its module is loaded, so that warm invocations
 * reuse its connections. Each client has its own file, so that a bundle holds only the clients that it uses.
 */
export const clientConfig = {
  // CloudTrail keeps it: it says which step has called.
  userAgentAppId: () => Promise.resolve(currentStep()),
  // Three attempts with the standard back-off take at most a second or two. The state machine does longer waits.
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    // The SDK's own agent does not use the proxy of HTTPS_PROXY.
    httpsAgent: { proxyEnv: process.env },
  },
} as const
