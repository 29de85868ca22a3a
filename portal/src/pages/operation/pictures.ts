import type { Operation } from '../../../../client/api.ts'
import rotation from '../../../../docs/clusters.svg'
import compare from '../../../../docs/compare.svg'
import setup from '../../../../docs/setup.svg'
import signingKeys from '../../../../docs/signing-keys.svg'
import teardown from '../../../../docs/teardown.svg'
import verify from '../../../../docs/verify.svg'

/** The picture of an operation's state machine. `npm run docs` draws it from the definition. */
export const pictures: Readonly<Record<Operation['kind'], string>> = {
  setup,
  verification: verify,
  plan: compare,
  drift: compare,
  rotation,
  'key-refresh': signingKeys,
  'key-revocation': signingKeys,
  teardown,
}

/**
 * Loads a picture as an element. The browser parses the response, because Trusted Types forbid DOMParser.
 *
 * @throws {Error} when the response is not a picture
 */
export function loadPicture(url: string): Promise<Element> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.responseType = 'document'
    request.onload = () => {
      const root = request.responseXML?.documentElement
      if (root) resolve(root)
      else reject(new Error(`${url} is no picture`))
    }
    request.onerror = () => reject(new Error(`${url} cannot be loaded`))
    request.send()
  })
}
