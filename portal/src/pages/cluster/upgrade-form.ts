import type { Upgrade } from '../../../../client/starts.ts'

export type Certificate = NonNullable<Upgrade['certificate']>
export type FailurePolicy = NonNullable<Upgrade['failurePolicy']>

/** The selected values. An empty field leaves the spec unchanged. */
export interface UpgradeForm {
  readonly image: string
  readonly certificate: Certificate | ''
  readonly failurePolicy: FailurePolicy | ''
  readonly adopt: boolean
}

export const emptyForm: UpgradeForm = { image: '', certificate: '', failurePolicy: '', adopt: false }

/** The request, with only the changed fields. */
export function upgradeOf({ name, spec, generation }: Upgrade['cluster'], form: UpgradeForm, dryRun: boolean): Upgrade {
  const { certificate, failurePolicy, adopt } = form
  const image = form.image.trim()
  return {
    cluster: { name, spec, generation },
    ...(image !== '' && { image }),
    ...(certificate !== '' && { certificate }),
    ...(failurePolicy !== '' && { failurePolicy }),
    adopt,
    dryRun,
  }
}
