import { StepError, Unreachable, UntrustedCertificate } from '../../errors/step-errors.ts'

/**
 * The codes of OpenSSL and Node for a chain or a name that does not validate
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
const certificateCode =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERROR_IN_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH|ERR_TLS_CERT_)/

/**
 * Codes of Node and zlib for a failed connection, a truncated response, and a response that is not HTTP
 * (https://nodejs.org/api/errors.html).
 */
const brokenCode = /^(E[A-Z]{3,}|EAI_[A-Z]+|HPE_\w+|Z_\w+|ERR_(TLS|SSL|STREAM|PROXY)_\w+)$/

/** Whether the code of an error means a network failure. Otherwise the error is a defect in our code. */
export function isNetworkCode(code: string): boolean {
  return brokenCode.test(code) || isCertificateCode(code)
}

/** Whether the code means a chain or a name that does not validate. */
export function isCertificateCode(code: string): boolean {
  return certificateCode.test(code)
}

/**
 * Returns the step error for a connection's error: UntrustedCertificate for a chain or a name that does not validate,
 * and Unreachable for everything else. Returns a StepError unchanged.
 *
 * @param object the endpoint of the connection: `host:port` or a URL
 */
export function connectionError(error: unknown, object: string): StepError {
  if (error instanceof StepError) return error
  const code = codeOf(error)
  if (isCertificateCode(code)) return untrusted(object, code, error)
  return new Unreachable(
    {
      object,
      reason: `no answer (${code})`,
      action: 'Check the name, the route, the firewall, and any proxy in front of the server',
    },
    { cause: error },
  )
}

/** @param code a code of OpenSSL or Node */
export function untrusted(object: string, code: string, cause?: unknown): UntrustedCertificate {
  return new UntrustedCertificate(
    {
      object,
      reason: `its TLS certificate does not validate (${code})`,
      action: 'Serve a chain that is valid for this name, complete with its intermediates, from a CA that is trusted',
    },
    { cause },
  )
}

/** Returns the error's code, such as ECONNREFUSED, or the error's name when it has no code. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // Happy Eyeballs throws one error for each address that it tried.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
