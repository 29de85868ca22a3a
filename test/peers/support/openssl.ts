import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The output of openssl about a TLS server. */
export interface OpensslOutput {
  /**
   * From AWS's instructions: `openssl x509 -fingerprint -sha1` of the last certificate of `openssl s_client -showcerts`,
   * without colons, and in lower case as in IAM.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
   */
  readonly thumbprint: string
  /** The number of displayed certificates. */
  readonly certificates: number
  /** "0 (ok)", or why openssl does not trust the server. */
  readonly verification: string
  /** "TLSv1.3". */
  readonly protocol: string
}

export interface Server {
  readonly name: string
  /** The roots to trust, a PEM file. */
  readonly caFile: string
  /** host:port of the HTTP CONNECT proxy before it. */
  readonly proxy?: string
}

/** Connects to port 443 of a server as in AWS's instructions, and also verifies its certificates. */
export async function show({ name, caFile, proxy }: Server): Promise<OpensslOutput> {
  const output = await openssl([
    ...['s_client', '-showcerts', '-connect', `${name}:443`, '-servername', name],
    ...['-CAfile', caFile, '-verify_hostname', name],
    ...(proxy ? ['-proxy', proxy] : []),
  ])
  const displayed = output.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  const fingerprint = await openssl(['x509', '-fingerprint', '-sha1', '-noout'], displayed.at(-1))
  return {
    thumbprint: fingerprint.trim().replace(/^.*=/, '').replaceAll(':', '').toLowerCase(),
    certificates: displayed.length,
    verification: /Verify return code: (.*)/.exec(output)?.[1] ?? '',
    protocol: /(TLSv1\.\d)/.exec(output)?.[1] ?? '',
  }
}

/** The output of `openssl version`. */
export async function opensslVersion(): Promise<string> {
  return (await openssl(['version'])).trim()
}

async function openssl(args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)('openssl', args, { timeout: 20_000 })
  // A failed connection ends openssl before it has read its input.
  running.child.stdin?.on('error', () => {}).end(input)
  return (await running).stdout
}
