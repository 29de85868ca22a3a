import type { IncomingHttpHeaders } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { localUserHeader } from '../../client/local-user.ts'
import type { LocalUsers } from '../local-users.ts'

export class Signers {
  /** The names of the users. The first is the default. */
  readonly names: readonly string[]
  readonly #signers: ReadonlyMap<string, SignatureV4>

  constructor(users: LocalUsers, region: string) {
    this.names = [...users.keys()]
    this.#signers = new Map(
      [...users].map(([name, credentials]) => [
        name,
        new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 }),
      ]),
    )
  }

  /** Returns the signer of the user that the request names, or undefined for an unknown user. */
  of(headers: IncomingHttpHeaders): SignatureV4 | undefined {
    const name = headers[localUserHeader] ?? this.names[0]
    return typeof name === 'string' ? this.#signers.get(name) : undefined
  }
}
