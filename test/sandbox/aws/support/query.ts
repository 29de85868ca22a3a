import { sendSigned } from '../../../../sandbox/aws/signed-request.ts'

/** One call by the root user to a service that this project has no SDK client for. Gives back the answer's text. */
export async function post(
  server: { readonly endpoint: string },
  service: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const url = new URL('/', server.endpoint)
  const response = await sendSigned({ service, method: 'POST', url, headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text}`)
  return text
}

/** For services that take forms and answer XML. */
export function query(server: { readonly endpoint: string }, service: string, parameters: Record<string, string>) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return post(server, service, headers, new URLSearchParams(parameters).toString())
}

/** For services that take and answer JSON; `target` is the service's name and the operation's, `AWSEvents.PutRule`. */
export async function json(
  server: { readonly endpoint: string },
  service: string,
  target: string,
  parameters: object,
): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target }
  const text = await post(server, service, headers, JSON.stringify(parameters))
  return text === '' ? {} : JSON.parse(text)
}
