import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

const words = /[a-z,.:;] \S|\S [a-z]/i

/**
 * Prevents mutants that empty texts for people, such as the reason of an error: a test of each text would only repeat the
 * code. Names, paths, patterns and other values have no spaces between words, and are mutated.
 */
const prose = {
  /** @returns the reason to ignore a node of Babel's syntax tree, or undefined */
  shouldIgnore({ node }) {
    if (node.type === 'StringLiteral') return words.test(node.value) ? 'a text for people' : undefined
    if (node.type !== 'TemplateLiteral') return undefined
    return node.quasis.some(({ value }) => words.test(value.raw)) ? 'a text for people' : undefined
  },
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'prose', prose)]
