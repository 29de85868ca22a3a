import './picture.css'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Operation, Step } from '../../../../client/api.ts'
import rotation from '../../../../docs/clusters.svg'
import compare from '../../../../docs/compare.svg'
import setup from '../../../../docs/setup.svg'
import signingKeys from '../../../../docs/signing-keys.svg'
import teardown from '../../../../docs/teardown.svg'
import verify from '../../../../docs/verify.svg'
import { Loaded } from '../../parts/loaded.tsx'
import { useTexts } from '../../settings/context.ts'
import { stateStatuses } from './state-statuses.ts'

/** The operation's state machine, with the status of each state. */
export function Picture({ kind, steps }: { readonly kind: Operation['kind']; readonly steps: readonly Step[] }) {
  const texts = useTexts()
  const url = pictures[kind]
  const query = useQuery({
    queryKey: ['picture', url],
    queryFn: () => loadPicture(url),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Container header={<Header variant="h2">{texts.picture}</Header>}>
      <Loaded query={query}>
        {(picture) => <StateMachine picture={picture} steps={steps} label={texts.pictureOf(texts.kinds[kind])} />}
      </Loaded>
    </Container>
  )
}

interface StateMachineProps {
  readonly picture: Element
  readonly steps: readonly Step[]
  readonly label: string
}

function StateMachine({ picture, steps, label }: StateMachineProps) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    frame.current?.replaceChildren(document.importNode(picture, true))
  }, [picture])
  useEffect(() => {
    if (frame.current) showStatuses(frame.current, stateStatuses(steps))
  }, [steps])
  return (
    // The element scrolls, so the keyboard must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: https://dequeuniversity.com/rules/axe/4.11/scrollable-region-focusable
    <div ref={frame} className="state-machine" role="img" aria-label={label} tabIndex={0} />
  )
}

/** Shows each state's status, and scrolls to a state that starts. Graphviz titles each group with the state's name. */
function showStatuses(frame: HTMLElement, statuses: ReadonlyMap<string, Step['status']>): void {
  for (const node of frame.querySelectorAll<SVGGElement>('g.node')) {
    const status = statuses.get(node.querySelector('title')?.textContent ?? '')
    if (node.dataset.status === status) continue
    if (status === undefined) delete node.dataset.status
    else node.dataset.status = status
    if (status === 'running' || status === 'waiting') scrollTo(frame, node)
  }
}

function scrollTo(frame: HTMLElement, node: Element): void {
  const [outer, inner] = [frame.getBoundingClientRect(), node.getBoundingClientRect()]
  frame.scrollBy({
    left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
    behavior: 'smooth',
  })
}

/** The picture of an operation's state machine. `npm run docs` draws it from the definition. */
const pictures: Readonly<Record<Operation['kind'], string>> = {
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
 * @throws {Error} when the response is not an SVG image
 */
function loadPicture(url: string): Promise<Element> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.responseType = 'document'
    request.onload = () => {
      const root = request.responseXML?.documentElement
      if (root) resolve(root)
      else reject(new Error(`${url} is not an SVG image`))
    }
    request.onerror = () => reject(new Error(`${url} cannot be loaded`))
    request.send()
  })
}
