import { describe, it } from 'vitest'
import { expectHealing, signals } from './support/interrupted.ts'
import { portalPackages } from './support/slow-registry.ts'

describe.each(signals)("an installation of the portal's packages that %s ended", (signal) => {
  it.each(Array.from({ length: portalPackages }, (_, nth) => nth))(
    'is complete after the next command, at moment %i',
    (nth) => expectHealing(signal, nth),
  )
})
