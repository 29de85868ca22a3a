/**
 * The go.mod of a module that builds the programs of another module, with the versions that its authors pinned.
 *
 * Kubernetes pins its own modules at v0.0.0, in a folder of its repository. They are published separately, as v0.37.2 for
 * v1.37.2. Other modules of its repository have their published versions.
 *
 * @param goMod the go.mod of the other module
 */
export function goModFrom(goMod: string, module: string, version: string): string {
  const published = version.replace(/^v1\./, 'v0.')
  return goMod
    .replace(/^module .*/m, `module peers\n\nrequire ${module} ${version}`)
    .replace(/^toolchain .*\n/m, '')
    .replace(/^(\s+k8s\.io\/\S+) v0\.0\.0$/gm, `$1 ${published}`)
    .replace(/=> \.\/staging\/src\/(k8s\.io\/\S+)/g, `=> $1 ${published}`)
    .replace(/^.*=> \.\.?\/.*\n/gm, '')
}
