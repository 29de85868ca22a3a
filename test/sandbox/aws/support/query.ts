import { sendSigned } from '../../../../sandbox/aws/signed-request.ts'

/** Calls a service for which this project has no SDK client, as the root user. Returns the text of the response. */
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

/** Calls a service of the query protocol: a form as the request, XML as the response. */
export function query(server: { readonly endpoint: string }, service: string, parameters: Record<string, string>) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return post(server, service, headers, new URLSearchParams(parameters).toString())
}

/**
 * Calls a service of the JSON protocol.
 *
 * @param target the names of the service and the operation, as in `AWSEvents.PutRule`
 */
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
