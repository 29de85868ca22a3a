/**
 * Encrypts a request to the agent, and its answer, so that the table and the API carry no token and no Secret. Both are
 * JWEs (RFC 7516). The request is encrypted to the public key of the agent (ECDH-ES), and contains a random key for the
 * answer. So an answer opens only for its own request.
 */
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose'
import * as z from 'zod/mini'

const encryption = 'A256GCM'
const toAgent = { alg: 'ECDH-ES', enc: encryption }
const toFunction = { alg: 'dir', enc: encryption }

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** The payload of a request's JWE. */
const payload = z.object({
  /** The agent compares it with the ID that it has received, so that nobody can repeat the request under another ID. */
  id: z.string(),
  /** The key of the answer: 32 bytes in base64url. */
  answerKey: z.string(),
  text: z.string(),
})

/** The key pair of an agent. */
export interface AgentKeys {
  /** X25519, base64url (`x` of RFC 8037). */
  readonly publicKey: string
  /** @throws {Error} when the request was sealed to another key, or for another ID */
  readonly openRequest: (id: string, sealed: string) => Promise<OpenedRequest>
}

export interface OpenedRequest {
  readonly text: string
  readonly sealAnswer: (text: string) => Promise<string>
}

export interface SealedRequest {
  readonly sealed: string
  /**
   * @param longest the limit of the answer's text, in bytes
   * @throws {Error} when the agent did not seal the answer for this request, or when the answer is too long
   */
  readonly openAnswer: (sealed: string, longest: number) => Promise<string>
}

export async function createAgentKeys(): Promise<AgentKeys> {
  const { publicKey, privateKey } = await generateKeyPair(toAgent.alg, { crv: 'X25519' })
  const { x = '' } = await exportJWK(publicKey)
  return {
    publicKey: x,
    async openRequest(id, sealed) {
      const { plaintext } = await compactDecrypt(sealed, privateKey, algorithms(toAgent))
      const { answerKey, text, ...opened } = payload.parse(JSON.parse(Buffer.from(plaintext).toString()))
      if (opened.id !== id) throw new Error('The request was sealed for another ID')
      return { text, sealAnswer: (answer) => sealAnswer(answer, Buffer.from(answerKey, 'base64url')) }
    },
  }
}

/** @param id the ID of the request. The agent opens the request only with the same ID */
export async function sealRequest(publicKey: string, id: string, text: string): Promise<SealedRequest> {
  const key = await importJWK({ kty: 'OKP', crv: 'X25519', x: publicKey }, toAgent.alg)
  const answerKey = randomBytes(32)
  const content: z.output<typeof payload> = { id, answerKey: answerKey.toString('base64url'), text }
  return {
    sealed: await new CompactEncrypt(Buffer.from(JSON.stringify(content))).setProtectedHeader(toAgent).encrypt(key),
    openAnswer: (sealed, longest) => openAnswer(sealed, answerKey, longest),
  }
}

async function sealAnswer(text: string, key: Buffer): Promise<string> {
  return new CompactEncrypt(await compress(text)).setProtectedHeader(toFunction).encrypt(key)
}

async function openAnswer(sealed: string, key: Buffer, longest: number): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, key, algorithms(toFunction))
  return (await decompress(plaintext, { maxOutputLength: longest })).toString()
}

function algorithms({ alg, enc }: typeof toAgent) {
  return { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] }
}
