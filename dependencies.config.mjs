/**
 * Which part of the repository may import which: `npm run check` holds every import against this list, of types too.
 * The tool's own words for it: https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */
export default {
  forbidden: [
    {
      name: 'product-knows-no-sandbox',
      comment: 'The sandbox runs the product as AWS does; a switch for it would go untested in production.',
      severity: 'error',
      from: { path: '^(lambdas|infra)/' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'sandbox-is-the-judge',
      comment: 'The sandbox shares no code with what it checks; it reads the list of routes alone.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^lambdas/', pathNot: '^lambdas/api/routes\\.ts$' },
    },
    {
      name: 'only-clouds-call-out',
      comment: 'Whoever else talks to a cloud does it through its client in clouds/.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: '^lambdas/clouds/' },
      to: {
        path: '^node_modules/(@google-cloud|google-auth-library|@kubernetes|undici)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'agpl-in-peers-only',
      comment: 'AGPL-3.0: a second opinion for test/peers, and for nothing that is deployed or handed on.',
      severity: 'error',
      from: { pathNot: '^test/peers/' },
      to: { path: '^node_modules/@cloud-copilot/' },
    },
    {
      name: 'no-test-in-the-product',
      severity: 'error',
      from: { path: '^(lambdas|infra|sandbox|docs)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    // It sees imports of types, too. TypeScript 7 has no API for the tool yet.
    parser: 'swc',
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
}
