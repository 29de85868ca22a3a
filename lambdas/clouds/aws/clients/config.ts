import { currentStep } from '../../../current-step.ts'
import { version } from '../../../version.ts'

/**
 * The configuration of every SDK client. Each module creates its client once, so warm invocations reuse the
 * connections. Each client has its own file, so that a bundle contains only the clients that it uses.
 */
export const clientConfig = {
  // CloudTrail records the application ID, and so shows which step made the call.
  userAgentAppId: () => Promise.resolve(currentStep()),
  customUserAgent: [['workload-identity', version]] satisfies [string, string][],
  // Between the three attempts, the standard back-off waits at most three seconds in total, unless AWS asks for more.
  // The state machine does longer waits.
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    // Without this, the SDK's agent ignores HTTPS_PROXY.
    httpsAgent: { proxyEnv: process.env },
  },
} as const
