import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

const words = /[a-z,.:;] \S|\S [a-z]/i

/**
 * Keeps Stryker from emptying texts for people, such as the reason of an error. A test that holds each of them word by
 * word only repeats the code. Names, paths, patterns and other values have no spaces between words, and are mutated.
 */
const prose = {
  /** @param path where a node is in Babel's syntax tree; gives the reason to leave it out */
  shouldIgnore({ node }) {
    if (node.type === 'StringLiteral') return words.test(node.value) ? 'a text for people' : undefined
    if (node.type !== 'TemplateLiteral') return undefined
    return node.quasis.some(({ value }) => words.test(value.raw)) ? 'a text for people' : undefined
  },
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'prose', prose)]
