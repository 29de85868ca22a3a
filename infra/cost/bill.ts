/** A monthly bill, as text. */
import { type Price, priceDay, pricedUnits, prices, type Usage } from './prices.ts'

export interface Line {
  readonly quantity: number
  readonly usd: number
  readonly price: Price
}

/** One line for each priced unit, the most expensive first. */
export function billOf(usage: Usage): Line[] {
  const lines = pricedUnits.map((unit) => {
    const price: Price = prices[unit]
    const quantity = usage[unit]
    return { quantity, price, usd: (quantity * price.usd) / price.per }
  })
  return lines.sort((one, other) => other.usd - one.usd)
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((all, { usd }) => all + usd, 0)
}

/** A part of the total. */
export interface Part {
  readonly text: string
  readonly usd: number
}

export function billText(lines: readonly Line[], parts: readonly Part[] = []): string {
  const rows = lines.map(({ usd, quantity, price }) => `${dollars(usd)}  ${count(quantity)} ${price.unit}`)
  const unread = [...new Set(lines.filter(({ price }) => price.read === 'memory').map(({ price }) => price.page))]
  return [
    'US dollars a month, by list prices of us-east-1, without free tiers:',
    '',
    ...rows,
    '',
    `${dollars(totalOf(lines))}  in all`,
    ...parts.map(({ text, usd }) => `${dollars(usd)}  of it for ${text}`),
    '',
    `Prices of ${priceDay}. The prices of these pages are not checked. Compare them before you rely on them:`,
    ...unread.map((page) => `  ${page}`),
    'Not included: traffic, NAT gateways of `network`, KMS keys, CloudFront of a portal or an issuer host, Google Cloud, clusters.',
    '',
  ].join('\n')
}

function dollars(usd: number): string {
  return usd.toFixed(2).padStart(9)
}

function count(quantity: number): string {
  const isSmall = quantity < 10 && !Number.isInteger(quantity)
  return isSmall ? quantity.toFixed(1) : Math.round(quantity).toLocaleString('en-US')
}
