/** Reads and writes parameters of Systems Manager. They are a part of the state of the sandbox's AWS. */
import * as z from 'zod/mini'
import { sendSigned } from './signed-request.ts'

const found = z.object({ Parameter: z.object({ Value: z.string() }) })

export async function readParameter(endpoint: string, Name: string): Promise<string | undefined> {
  const { ok, text } = await send(endpoint, 'GetParameter', { Name })
  if (!ok && text.includes('ParameterNotFound')) return undefined
  if (!ok) throw new Error(`the parameter ${Name} could not be read: ${text}`)
  return found.parse(JSON.parse(text)).Parameter.Value
}

/** @param Value of at most 4 KB */
export async function writeParameter(endpoint: string, Name: string, Value: string): Promise<void> {
  const { ok, text } = await send(endpoint, 'PutParameter', { Name, Value, Type: 'String', Overwrite: true })
  if (!ok) throw new Error(`the parameter ${Name} could not be written: ${text}`)
}

async function send(endpoint: string, operation: string, body: object): Promise<{ ok: boolean; text: string }> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` }
  const request = { service: 'ssm', method: 'POST', url: new URL(endpoint), headers, body: JSON.stringify(body) }
  const response = await sendSigned(request)
  return { ok: response.ok, text: await response.text() }
}
