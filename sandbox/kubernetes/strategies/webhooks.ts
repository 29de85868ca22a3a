import { asArray, type JsonObject, objectsIn } from '../objects/objects.ts'
import type { Cause } from '../requests/status.ts'
import { invalidValue, required, type Strategy, unsupported } from './strategy.ts'

/** Rules of pkg/apis/admissionregistration/validation. */
export const mutatingWebhookStrategy: Strategy = {
  validate: (object, { version }) =>
    version === 'v1'
      ? objectsIn(object.webhooks).flatMap((webhook, index) => v1Causes(webhook, `webhooks[${index}]`))
      : [],
}

function v1Causes(webhook: JsonObject, path: string): Cause[] {
  const effects = webhook.sideEffects
  const sideEffects =
    effects === undefined
      ? [required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')]
      : effects === 'None' || effects === 'NoneOnDryRun'
        ? []
        : [unsupported(`${path}.sideEffects`, effects, ['None', 'NoneOnDryRun'])]
  const reviews = asArray(webhook.admissionReviewVersions)
  const field = `${path}.admissionReviewVersions`
  if (reviews.length === 0) return [...sideEffects, required(field, 'must specify one of v1, v1beta1')]
  const known = reviews.some((one) => one === 'v1' || one === 'v1beta1')
  return known
    ? sideEffects
    : [...sideEffects, invalidValue(field, reviews, 'must include at least one of v1, v1beta1')]
}
