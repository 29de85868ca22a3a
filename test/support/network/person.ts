/** Acts like a person with a browser at the issuer of people-issuer.ts. */

interface Sent {
  readonly method: 'GET' | 'POST'
  readonly body: URLSearchParams | null
  readonly redirect: 'manual'
  readonly headers: Record<string, string>
}

interface Answer {
  readonly headers: Pick<Headers, 'get' | 'getSetCookie'>
  text(): Promise<string>
}

type Fetch = (url: string, options: Sent) => Promise<Answer>

export interface Person {
  /** Sends the forms of this page and of the pages after it, and returns the last page, which has no form. */
  goThrough(url: string): Promise<string>
}

/** @param send replaces fetch, for an issuer behind a proxy */
export function person(login: string, send: Fetch = fetch): Person {
  const cookies = new Map<string, string>()

  async function load(url: string, form?: URLSearchParams): Promise<{ readonly url: string; readonly html: string }> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const method = form ? 'POST' : 'GET'
    const response = await send(url, { method, body: form ?? null, redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    return location === null ? { url, html: await response.text() } : load(new URL(location, url).href)
  }

  return {
    async goThrough(start) {
      let page = await load(start)
      for (let form = formIn(page.html); form !== undefined; form = formIn(page.html)) {
        const filled = new URLSearchParams([...form.fields, ['login', login], ['password', 'any']])
        page = await load(new URL(form.action, page.url).href, filled)
      }
      return page.html
    },
  }
}

function formIn(html: string): { readonly action: string; readonly fields: [string, string][] } | undefined {
  const form = /<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(html)
  if (form === null) return undefined
  const [, action = '', inner = ''] = form
  const inputs = inner.matchAll(/name="([^"]+)" value="([^"]*)"/g)
  return { action, fields: [...inputs].map(([, name = '', value = '']) => [name, value]) }
}
