import * as z from 'zod/mini'
import type { ClusterItem } from '../../operations/record/record.ts'
import type { SetupRequest, Webhook } from '../../spec/parts.ts'

/** A request whose left out fields are filled from the record. */
export interface FilledRequest {
  readonly request: SetupRequest
  /** The value of each field that was filled, by the field's path. Left out when there is none. */
  readonly asRecorded?: Readonly<Record<string, string>>
}

const sent = z.object({ webhook: z.optional(z.record(z.string(), z.unknown())) })

/**
 * The request, with the recorded image and failure policy of the webhook where it leaves them out: a file that was
 * written before a change of the webhook does not undo the change. The record has what was requested last.
 *
 * @param body the request as it was sent: its normal form has the defaults of what is left out
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

/** Whether a setup has installed the webhook. */
function isInstalled({ spec, status }: ClusterItem): boolean {
  return spec.webhook.mode === 'install' && typeof status.webhook?.image === 'string'
}

/** The image is left out when the request asks for another certificate than before: not every image works with it. */
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
