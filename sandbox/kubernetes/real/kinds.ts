import { groupVersion, type ServedType, typesServed } from '../kinds/resources.ts'

/** The kinds of a real API server of this version, with the paths of their objects. */
export class ServedKinds {
  readonly #types: readonly ServedType[]

  constructor(gitVersion: string, isManagement: boolean) {
    this.#types = typesServed(Number(/^v1\.(\d+)\./.exec(gitVersion)?.[1]), isManagement)
  }

  /**
   * Returns the preferred version of a kind, and the path of the list of its objects.
   *
   * @throws Error for a kind that the sandbox does not know
   */
  listOf(kind: string, namespace?: string): { apiVersion: string; path: string } {
    const type = this.#types.find((served) => served.kind === kind)
    const version = type?.versions[0]
    if (!type || !version)
      throw new Error(`the sandbox does not know the kind ${kind}, or the cluster does not serve it`)
    const apiVersion = groupVersion(type.group, version.name)
    const root = type.group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
    const within = namespace === undefined ? '' : `/namespaces/${namespace}`
    return { apiVersion, path: `${root}${within}/${type.plural}` }
  }

  /** Returns the kind of a resource, such as `Deployment` for `deployments` of `apps`, or the resource if unknown. */
  kindOf(resource: string, group: string): string {
    return this.#types.find((type) => type.plural === resource && type.group === group)?.kind ?? resource
  }
}
