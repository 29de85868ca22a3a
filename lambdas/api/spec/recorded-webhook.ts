import * as z from 'zod/mini'
import type { ClusterItem } from '../../operations/record/record.ts'
import type { SetupRequest, Webhook } from '../../spec/setup-request.ts'

/** A request whose omitted fields are filled from the record. */
export interface FilledRequest {
  readonly request: SetupRequest
  /** The value of each filled field, by the field's path. Absent when no field was filled. */
  readonly asRecorded?: Readonly<Record<string, string>>
}

const sent = z.object({ webhook: z.optional(z.record(z.string(), z.unknown())) })

/**
 * The request. If it omits the image or the failure policy of the webhook, the field gets the last requested value from
 * the record. So an older file without the field does not undo a later change of the value.
 *
 * @param body the request before normalisation, which fills in defaults
 * @param recorded undefined when no setup of the cluster was ever requested
 */
export function withRecordedWebhook(
  request: SetupRequest,
  body: unknown,
  recorded: ClusterItem | undefined,
): FilledRequest {
  if (!recorded || request.webhook.mode !== 'install' || !isInstalled(recorded)) return { request }
  const taken = takenFields(sent.safeParse(body).data?.webhook ?? {}, recorded.spec.webhook)
  const fields = Object.entries(taken)
  if (fields.length === 0) return { request }
  return {
    request: { ...request, webhook: { ...request.webhook, ...taken } },
    asRecorded: Object.fromEntries(fields.map(([name, value]) => [`webhook.${name}`, value])),
  }
}

function isInstalled({ spec, status }: ClusterItem): boolean {
  return spec.webhook.mode === 'install' && typeof status.webhook?.image === 'string'
}

/** Does not fill the image when the request changes the certificate mode: not every image supports every mode. */
function takenFields(
  given: Readonly<Record<string, unknown>>,
  { image, certificate, failurePolicy }: Webhook,
): { readonly image?: string; readonly failurePolicy?: Webhook['failurePolicy'] } {
  const keepsCertificate = given.certificate === undefined || given.certificate === certificate
  return {
    ...(given.image === undefined && image !== undefined && keepsCertificate && { image }),
    ...(given.failurePolicy === undefined && { failurePolicy }),
  }
}
