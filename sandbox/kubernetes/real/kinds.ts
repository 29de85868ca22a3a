import { groupVersion, type ServedType, typesServed } from '../kinds/resources.ts'

/** Where a real API server of some version has the objects of a kind. */
export class ServedKinds {
  readonly #types: readonly ServedType[]

  constructor(gitVersion: string, isManagement: boolean) {
    this.#types = typesServed(Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1]), isManagement)
  }

  /** The preferred version of a kind and the path of its list. @throws Error for a kind that the sandbox does not know */
  place(kind: string, namespace?: string): { apiVersion: string; path: string } {
    const type = this.#types.find((served) => served.kind === kind)
    const version = type?.versions[0]
    if (!type || !version) throw new Error(`no cluster of this kind serves ${kind}`)
    const apiVersion = groupVersion(type.group, version.name)
    const root = type.group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
    const within = namespace === undefined ? '' : `/namespaces/${namespace}`
    return { apiVersion, path: `${root}${within}/${type.plural}` }
  }

  /** `Deployment` for `deployments` of `apps`; the resource itself when the sandbox does not know it. */
  kindOf(resource: string, group: string): string {
    return this.#types.find((type) => type.plural === resource && type.group === group)?.kind ?? resource
  }
}
