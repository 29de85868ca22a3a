/**
 * The go.mod of a module that builds another one's programs from the very versions that its authors do.
 *
 * Kubernetes names its own modules at v0.0.0, in a folder that only its repository has. Each is published apart, as v0.37.2 for
 * v1.37.2. Other modules of the same repository are named at their published versions.
 *
 * @param goMod that of the other module
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
