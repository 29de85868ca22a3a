/**
 * Filter patterns of CloudWatch Logs for JSON, limited to the syntax in docs/deployment.md:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * A comparison with a field that is missing, null or an object is false, also with `!=`. `*` is a wildcard only at the start or
 * the end of a value. `&&` binds closer than `||`.
 */

type Test = (event: unknown) => boolean

/** @throws {Error} when the pattern is invalid or has unsupported syntax */
export function filterPattern(pattern: string): Test {
  const rest = pattern.match(/"[^"]*"|\$[\w.]+|NOT EXISTS|[|]{2}|&&|!=|[=(){}]|[^\s()]+/g) ?? []
  const take = (wanted?: string): string => {
    const token = rest.shift() ?? ''
    if (wanted !== undefined && token !== wanted)
      throw new Error(`${wanted} is missing before ${token} ${rest.join(' ')}`)
    return token
  }
  const listOf = (operator: string, term: () => Test): Test[] => {
    const terms = [term()]
    while (rest[0] === operator) {
      take()
      terms.push(term())
    }
    return terms
  }
  const any = (): Test => {
    const terms = listOf('||', all)
    return (event) => terms.some((term) => term(event))
  }
  const all = (): Test => {
    const terms = listOf('&&', one)
    return (event) => terms.every((term) => term(event))
  }
  const one = (): Test => {
    if (rest[0] !== '(') return comparison(take(), take(), () => take())
    take('(')
    const inner = any()
    take(')')
    return inner
  }
  take('{')
  const test = any()
  take('}')
  if (rest.length > 0) throw new Error(`after the end: ${rest.join(' ')}`)
  return test
}

function comparison(selector: string, operator: string, value: () => string): Test {
  if (operator === 'NOT EXISTS') return (event) => valueAt(event, selector) === undefined
  const equals = patternMatcher(value().replace(/^"(.*)"$/, '$1'))
  const isWanted = operator === '='
  if (!isWanted && operator !== '!=') throw new Error(`no operator: ${operator}`)
  return (event) => {
    const observed = valueAt(event, selector)
    const isValue = typeof observed === 'string' || typeof observed === 'number'
    return isValue && equals(String(observed)) === isWanted
  }
}

function patternMatcher(value: string): (observed: string) => boolean {
  const [starts, ends] = [value.startsWith('*'), value.endsWith('*')]
  const text = value.slice(starts ? 1 : 0, ends ? -1 : undefined)
  if (starts && ends) return (observed) => observed.includes(text)
  if (starts) return (observed) => observed.endsWith(text)
  return ends ? (observed) => observed.startsWith(text) : (observed) => observed === text
}

function valueAt(event: unknown, selector: string): unknown {
  const names = selector.split('.').slice(1)
  return names.reduce<unknown>((object, name) => new Map(Object.entries(object ?? {})).get(name), event)
}
